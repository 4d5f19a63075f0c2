// Running text to Markdown: marks, chips, and everything that must not be taken for either.

import { schema } from "./schema.js";

const { nodes, marks } = schema;
const FLANKING = [marks.strong, marks.em];
const LINKS = [marks.link, marks.term];
const ENTITY = /&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)/g;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const AUTOLINK = /^[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>"`{|}\\^]*$/;

export function writeInline(parent, { isOneLine = false } = {}) {
  const runs = withoutLooseEdges(parent.children.map(toRun), isOneLine);
  const text = joined(piecesOf(runs));
  return text.split("\n").map(escapeStart).join("\n").trim();
}

// ---------------------------------------------------------------- edges

function toRun(node) {
  const text = node.isText ? node.text.replace(/[\r\n]+/g, " ") : null;
  return { node, text, marks: node.marks };
}

const has = (run, type) => Boolean(run && type.isInSet(run.marks));
const without = (run, type) => ({ ...run, marks: type.removeFromSet(run.marks) });
const isBreak = (run) => run.node.type === nodes.hard_break;
const isCode = (run) => has(run, marks.code);

// Emphasis must not begin or end with a space, nor a paragraph or a line with anything but words.
function withoutLooseEdges(runs, isOneLine) {
  let found = runs;
  if (isOneLine) {
    found = found.map((run) =>
      isBreak(run) ? { ...run, node: schema.text(" ", run.marks), text: " " } : run,
    );
  }
  for (const type of FLANKING) {
    found = withoutStarts(found, type, /^\s+/, (text, count) => [text.slice(0, count), text.slice(count)]);
    found = withoutStarts(found.reverse(), type, /\s+$/, (text, count) => [
      text.slice(text.length - count),
      text.slice(0, text.length - count),
    ]).reverse();
  }
  found = found.map((run, index) => {
    if (run.text === null || isCode(run)) return run;
    let { text } = run;
    if (index === 0 || isBreak(found[index - 1])) text = text.trimStart();
    if (index === found.length - 1 || isBreak(found[index + 1])) text = text.trimEnd();
    return { ...run, text };
  });
  found = found.filter((run) => run.text !== "");
  // A line break at the very end, or two in a row at the beginning, is nothing.
  while (found.length && isBreak(found.at(-1))) found.pop();
  while (found.length && isBreak(found[0])) found.shift();
  return found;
}

function withoutStarts(runs, type, pattern, split) {
  const result = [];
  for (const run of runs) {
    if (!has(run, type) || has(result.at(-1), type) || isCode(run)) {
      result.push(run);
    } else if (isBreak(run)) {
      result.push(without(run, type));
    } else {
      const count = run.text === null ? 0 : (pattern.exec(run.text)?.[0].length ?? 0);
      if (count === 0) {
        result.push(run);
      } else {
        const [loose, rest] = split(run.text, count);
        result.push({ ...without(run, type), text: loose });
        if (rest) result.push({ ...run, text: rest });
      }
    }
  }
  return result;
}

// ---------------------------------------------------------------- marks

// Pieces: `text` may be escaped further, `raw` is final, `open` and `close` are runs of stars.
function piecesOf(runs) {
  const pieces = [];
  let stack = [];
  const close = (mark) => {
    if (isStarred(mark)) pieces.push({ kind: "close", text: stars(mark) });
    else pieces.push({ kind: "raw", text: closing(mark) });
  };
  runs.forEach((run, index) => {
    const wanted = run.marks.filter((mark) => canHold(mark, run));
    const foreign = wanted.find((mark) => mark.type === marks.lang && !mark.isInSet(stack));
    const keep = stack.findIndex(
      (mark) => !mark.isInSet(wanted) || (foreign && LINKS.includes(mark.type)),
    );
    const staying = keep === -1 ? stack : stack.slice(0, keep);
    for (const mark of stack.slice(staying.length).reverse()) close(mark);
    stack = staying;
    const auto = autolink(runs, index);
    const opening = wanted
      .filter((mark) => !mark.isInSet(stack) && mark !== auto)
      .sort(
        (a, b) =>
          isForeign(b) - isForeign(a) ||
          reach(runs, index, b) - reach(runs, index, a) ||
          isStarred(b) - isStarred(a),
      );
    for (const mark of opening) {
      if (isStarred(mark)) pieces.push({ kind: "open", text: stars(mark) });
      else pieces.push({ kind: "bracket", text: "[" });
    }
    stack = [...stack, ...opening];
    pieces.push(auto ? { kind: "raw", text: `<${run.text}>` } : piece(run));
  });
  for (const mark of stack.reverse()) close(mark);
  return pieces;
}

// The text of a link holds nothing else that begins with a bracket: chips stand beside it, a foreign
// word around it.
function canHold(mark, run) {
  if (mark.type === marks.code) return false;
  return !LINKS.includes(mark.type) || run.text !== null || isBreak(run);
}

function reach(runs, index, mark) {
  let end = index;
  while (end < runs.length && mark.isInSet(runs[end].marks)) end += 1;
  return end;
}

const isForeign = (mark) => mark.type === marks.lang;
const isStarred = (mark) => FLANKING.includes(mark.type);

function stars(mark) {
  return mark.type === marks.strong ? "**" : "*";
}

function closing(mark) {
  if (mark.type === marks.lang) return `]{lang=${mark.attrs.lang}}`;
  if (mark.type === marks.term) return `](glossary:${mark.attrs.slug})`;
  const { href, title } = mark.attrs;
  const said = title ? ` "${title.replace(/["\\&]/g, "\\$&")}"` : "";
  return `](${address(href)}${said})`;
}

function address(href) {
  const safe = href.replace(ENTITY, "\\&");
  // eslint-disable-next-line no-control-regex
  if (href !== "" && !/[\s<>()\\\u0000-\u001f]/.test(href)) return safe;
  return `<${safe.replace(/[<>\\]/g, "\\$&").replace(/[\r\n]/g, "")}>`;
}

// An address that is its own text: `<https://example.com>`.
function autolink(runs, index) {
  const run = runs[index];
  const mark = marks.link.isInSet(run.marks);
  if (!mark || mark.attrs.title || isCode(run) || run.text !== mark.attrs.href) return null;
  if (!AUTOLINK.test(run.text)) return null;
  const isAlone = [runs[index - 1], runs[index + 1]].every((each) => !each || !mark.isInSet(each.marks));
  return isAlone ? mark : null;
}

function piece(run) {
  if (run.text !== null) {
    if (isCode(run)) return { kind: "raw", text: code(run.text) };
    return { kind: "text", text: run.text };
  }
  if (isBreak(run)) return { kind: "raw", text: "\\\n" };
  if (run.node.type === nodes.footnote_mark) return { kind: "chip", text: `[^${run.node.attrs.label}]` };
  return { kind: "chip", text: run.node.attrs.source };
}

function code(text) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const isTight = !/^`|`$/.test(text) && !(/^ .* $/.test(text) && text.trim() !== "");
  return isTight ? fence + text + fence : `${fence} ${text} ${fence}`;
}

// ---------------------------------------------------------------- characters

function joined(pieces) {
  const written = pieces.map((each) => (each.kind === "text" ? escape(each.text) : each.text));
  pieces.forEach((each, index) => {
    const before = index ? pieces[index - 1] : null;
    if (each.kind === "text" && before?.kind === "chip") {
      // `[^1]:` would begin a footnote, `[unsupported](` a link.
      written[index] = written[index].replace(/^[:({]/, "\\$&");
    }
    if (each.kind === "bracket" && before?.kind === "text" && written[index - 1].endsWith("!")) {
      written[index - 1] = written[index - 1].replace(/!$/, "\\!");
    }
  });
  guardStars(pieces, written);
  return written.join("");
}

// Stars only count beside the right characters: between a letter and a quotation mark they do not.
// A letter written as its number counts as punctuation, and reads the same.
function guardStars(pieces, written) {
  const isStar = (index) => ["open", "close"].includes(pieces[index]?.kind);
  for (let start = 0; start < pieces.length; start += 1) {
    if (!isStar(start) || isStar(start - 1)) continue;
    let end = start;
    while (isStar(end)) end += 1;
    const run = pieces.slice(start, end);
    const before = [...(written[start - 1] ?? "")].at(-1) ?? " ";
    const after = [...(written[end] ?? "")][0] ?? " ";
    const mustOpen = run.some((each) => each.kind === "open");
    const mustClose = run.some((each) => each.kind === "close");
    if (mustOpen && isMark(after) && isLetter(before) && pieces[start - 1]?.kind === "text") {
      written[start - 1] = written[start - 1].slice(0, -before.length) + entity(before);
    }
    if (mustClose && isMark(before) && isLetter(after) && pieces[end]?.kind === "text") {
      written[end] = entity(after) + written[end].slice(after.length);
    }
  }
}

// Beyond the first 65,536 characters readers of Markdown disagree: counted as both.
const isMark = (character) => character.length > 1 || PUNCTUATION.test(character);
const isLetter = (character) => character.length > 1 || !/[\s\p{P}\p{S}]/u.test(character);
const entity = (character) => `&#${character.codePointAt(0)};`;

function escape(text) {
  return text
    .replace(/[\\`*[\]]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/<(?=[A-Za-z/!?])/g, "\\<")
    .replace(ENTITY, "\\&")
    // The server minds three colons wherever it finds them alone, also between two marks.
    .replace(/:{3,}/g, (run) => "\\:".repeat(run.length));
}

// What would begin a heading, a list, a quotation, a rule, a block.
function escapeStart(line) {
  return line
    .replace(/^(?=#{1,6}(?:\s|$)|>|[-+](?:[\s|:-]|$)|=+\s*$|~~~|:-)/, "\\")
    .replace(/^(\d{1,9})(?=[.)](?:\s|$))/, "$1\\");
}
