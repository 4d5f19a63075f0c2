// Blocks to Markdown. What was not touched is written as it was read (sources.js); the rest is
// written the way the starter course is: `-` for lists, `*` for emphasis, one line per paragraph.

import { CALLOUTS, CHART, RECORDING } from "./grammar.js";
import { writeInline } from "./inline-out.js";
import { schema } from "./schema.js";

const { nodes } = schema;
const BLANK = "\n\n";

export class MarkdownWriter {
  constructor({ sources = null } = {}) {
    this.sources = sources;
  }

  // A whole lesson.
  write(doc) {
    const shown = kept(doc);
    const body = this.run(shown);
    const last = shown.length ? this.place(shown.at(-1)) : null;
    const tail = (last && this.sources?.tailOf(last)) ?? this.sources?.tail ?? "\n";
    return body ? body + tail : "";
  }

  place(node) {
    return this.sources?.of(node) ?? null;
  }

  // Neighbors with what stands between them. Blank lines are kept where they were.
  run(shown) {
    const places = shown.map((node) => this.place(node));
    let text = "";
    shown.forEach((node, index) => {
      const place = places[index];
      const previous = index ? places[index - 1] : null;
      text += this.between({ shown, places, index, place, previous });
      text += place ? place.text : this.block(node, shown[index - 1]);
    });
    return text;
  }

  between({ shown, places, index, place, previous }) {
    const isFirst = index === 0;
    if (place && (isFirst ? place.previous === null : previous && place.previous === previous)) {
      return place.before;
    }
    const old = place ? this.following(places, index) : this.replaced(places, index);
    if (isFirst) return old && old.before.trim() === "" ? old.before : "";
    if (!old || old.previous === null) return BLANK;
    const isOpen = /\n[ \t]*\n|\r[ \t]*\r|\n[ \t]*\r/.test(old.before);
    const isSafe = shown[index - 1].type === nodes.heading || shown[index].type === nodes.heading;
    return isOpen || (isSafe && old.before !== "") ? old.before : BLANK;
  }

  // One rewritten block between two known ones takes over the lines around it: those after it…
  following(places, index) {
    if (index === 0 || places[index - 1]) return null;
    const before = index > 1 ? places[index - 2] : null;
    const isOnlyOne = places[index].previous?.previous === before && (index === 1 || before);
    return isOnlyOne ? places[index] : null;
  }

  // …and those before it, which belong to the known block in whose stead it stands.
  replaced(places, index) {
    const previous = index ? places[index - 1] : null;
    if (index && !previous) return null;
    const old = places[index + 1]?.previous;
    return old && old.previous === previous ? old : null;
  }

  block(node, before) {
    switch (node.type) {
      case nodes.paragraph:
        return writeInline(node);
      case nodes.heading:
        return heading(node);
      case nodes.bullet_list:
      case nodes.ordered_list:
        return this.list(node, before);
      case nodes.blockquote:
        return prefixed(this.run(kept(node)), "> ") || ">";
      case nodes.horizontal_rule:
        return "---";
      case nodes.table:
        return this.table(node);
      case nodes.callout: {
        const { kind, title } = node.attrs;
        const name = Object.hasOwn(CALLOUTS, kind) ? kind : "note";
        return this.container(node, `${name} ${oneLine(title)}`);
      }
      case nodes.claim:
        return this.container(node, `claim ${oneLine(node.attrs.head)}`);
      case nodes.chart:
        return this.container(node, `${CHART} ${oneLine(node.attrs.head)}`);
      case nodes.recording:
        return this.container(node, `${RECORDING} ${oneLine(node.attrs.head)}`);
      case nodes.footnote:
        return indented(this.run(kept(node)), `[^${node.attrs.label}]: `, "    ");
      case nodes.figure:
        return `![${node.attrs.alt}](figure:${node.attrs.slug})`;
      case nodes.source:
        return node.attrs.text;
      default:
        throw new Error(`No Markdown for ${node.type.name}`);
    }
  }

  container(node, head) {
    const shown = kept(node);
    let body = this.run(shown);
    const last = shown.length ? this.place(shown.at(-1)) : null;
    body += (last && this.sources?.tailOf(last)) ?? "";
    // A block ends with as many colons as it began with, or more: one inside has fewer.
    const longest = Math.max(2, ...[...body.matchAll(/^[ \t]*(:{3,})/gm)].map((run) => run[1].length));
    const fence = ":".repeat(longest + 1);
    return `${fence} ${head.trim()}\n${body}${body ? "\n" : ""}${fence}`;
  }

  list(node, before) {
    const isOrdered = node.type === nodes.ordered_list;
    const { marker } = node.attrs;
    // Two lists in a row would become one, were it not for another mark.
    const isLikeBefore =
      before?.type === node.type && (before.attrs.marker ?? "") === marker;
    const other = isOrdered ? (marker === "." ? ")" : ".") : marker === "-" ? "*" : "-";
    const mark = isLikeBefore ? other : marker;
    const isTight = node.attrs.tight && node.children.every(isTightItem);
    const items = node.children.map((item, index) => {
      const first = isOrdered ? `${node.attrs.order + index}${mark} ` : `${mark} `;
      return this.item(item, first, isTight);
    });
    return items.join(isTight ? "\n" : BLANK);
  }

  item(item, first, isTight) {
    let text = "";
    const children = childrenOf(item);
    children.forEach((child, index) => {
      const part = isBare(child) ? "" : this.block(child, children[index - 1]);
      if (index === 0) text = part;
      else if (part) text += (index === 1 && (isTight || text === "") ? "\n" : BLANK) + part;
    });
    return indented(text, first, " ".repeat(first.length));
  }

  table(node) {
    const [head] = node.children;
    const lines = node.children.map((row) => this.sources?.rows.get(row) ?? tableRow(row));
    lines.splice(1, 0, this.sources?.rules.get(head) ?? tableRule(head));
    return lines.join("\n");
  }
}

// An empty paragraph is a place to type; Markdown has none. A picture on its way has no name yet.
function kept(parent) {
  return parent.children.filter((node) => {
    if (node.type === nodes.paragraph || node.type === nodes.heading) return hasText(node);
    if (node.type === nodes.blockquote) return kept(node).length > 0;
    return node.type !== nodes.figure || node.attrs.slug !== "";
  });
}

function hasText(node) {
  return node.children.some((child) => !child.isText || child.text.trim() !== "");
}

function heading(node) {
  const text = writeInline(node, { isOneLine: true }).replace(/(^|\s)(#+)$/, "$1\\$2");
  return `${"#".repeat(node.attrs.level)} ${text}`;
}

const isBare = (node) => node.type === nodes.paragraph && !hasText(node);

// What an item says: not an empty line above its first paragraph.
function childrenOf(item) {
  const [first, second] = item.children;
  return isBare(first) && second?.type === nodes.paragraph ? item.children.slice(1) : item.children;
}

// Items of one paragraph each, with a list under it at most.
function isTightItem(item) {
  const [paragraph, list, ...more] = childrenOf(item);
  if (!list) return true;
  if (more.length || !list.type.isInGroup("list")) return false;
  // A list that begins at 3, or with nothing, would be read as part of the paragraph.
  return isBare(paragraph) || ((list.attrs.order ?? 1) === 1 && !isBare(childrenOf(list.firstChild)[0]));
}

function tableRow(row) {
  const cells = row.children.map((cell) => {
    const text = writeInline(cell.firstChild, { isOneLine: true }).replaceAll("|", "\\|");
    return text ? ` ${text} ` : " ";
  });
  return `|${cells.join("|")}|`;
}

const RULES = { left: ":--", center: ":-:", right: "--:" };

function tableRule(row) {
  return `| ${row.children.map((cell) => RULES[cell.attrs.align] ?? "---").join(" | ")} |`;
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

function prefixed(text, prefix) {
  return text
    .split("\n")
    .map((line) => (prefix + line).trimEnd())
    .join("\n");
}

function indented(text, first, rest) {
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? (first + line).trimEnd() : line && rest + line))
    .join("\n");
}
