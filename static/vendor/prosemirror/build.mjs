// Bundles entry.js, and writes down which packages went into it and under which license.
// Run by `make vendor-editor`, inside a scratch copy of this folder that has node_modules.

import { build } from "esbuild";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const result = await build({
  entryPoints: ["entry.js"],
  outfile: "prosemirror.js",
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  target: ["es2022"],
  banner: { js: "/* ProseMirror and markdown-it, bundled; see README.md and LICENSE.txt beside this file. */" },
});

const names = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found) names.add(found[1]);
}

const rows = [];
const licenses = [];
for (const name of [...names].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license, homepage, repository } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e(-mit)?(\.|$)/i.test(each));
  if (!file) throw new Error(`${name} carries no license file`);
  const address = (homepage ?? repository?.url ?? repository ?? "")
    .replace(/^git\+/, "").replace(/^git:/, "https:").replace(/\.git$/, "").replace(/#readme$/, "")
    .replace(/^(?=[\w.-]+\/[\w.-]+$)/, "https://github.com/");
  rows.push(`| ${name} | ${version} | ${license} | ${address} |`);
  const title = `${name} ${version}`;
  const text = readFileSync(`${folder}/${file}`, "utf8").trim();
  licenses.push(`${title}\n${"-".repeat(title.length)}\n\n${text}\n`);
}

writeFileSync("LICENSE.txt", licenses.join("\n\n"));
writeFileSync("README.md", `# prosemirror.js

ProseMirror, the toolkit the visual lesson editor is built on, and markdown-it, which reads the Markdown. One minified ES module, imported by \`static/js/editor/\`. Nothing of it was changed.

Built by \`make vendor-editor\` (needs node and npm) from \`entry.js\`, which names what is taken, with the versions of \`package-lock.json\`. The same inputs give the same bytes. \`LICENSE.txt\` has the license of every package.

| package | version | license | home |
| --- | --- | --- | --- |
${rows.join("\n")}

markdown-it stays at version 14: the server reads lessons with markdown-it-py, which follows that version line.
`);
