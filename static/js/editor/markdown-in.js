// Markdown to blocks. Each block knows the lines it came from; what the editor cannot show becomes
// a `source` block with these lines, so that nothing is ever lost.

import {
  markdownContainer, markdownFootnote, MarkdownIt,
} from "../../vendor/prosemirror/prosemirror.js";
import { BARE_GRADE, CALLOUTS, CHART, CITATION, RECORDING } from "./grammar.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const LINE_END = /\r\n?|\n/g;
// The page shows HTML as text. A block that begins with a tag was hardly meant as running text.
const HTML_BLOCK = /^\s*<(?:\/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])|!|\?)/;
const LANG_ATTRIBUTE = /\{\s*lang=(?:"([A-Za-z0-9-]+)"|([A-Za-z0-9-]+))\s*\}/y;
const FIGURE = "figure:";
const GLOSSARY = "glossary:";

// Thrown where a block holds something the editor has no form for.
class NotShown extends Error {}

// ---------------------------------------------------------------- the parser

function citation(state, silent) {
  if (state.src[state.pos] !== "[") return false;
  for (const pattern of [CITATION, BARE_GRADE]) {
    pattern.lastIndex = state.pos;
    const found = pattern.exec(state.src);
    if (!found || pattern.lastIndex > state.posMax) continue;
    // Without references, brackets around a grade may still be the name of a link.
    if (pattern === BARE_GRADE && isLinkName(state, found[1], pattern.lastIndex)) continue;
    if (!silent) {
      const token = state.push("citation", "", 0);
      token.content = found[0].replace(/\s+/g, " ");
    }
    state.pos = pattern.lastIndex;
    return true;
  }
  return false;
}

function isLinkName(state, words, end) {
  const known = Object.keys(state.env.references ?? {});
  return known.includes(words.toUpperCase()) || (known.length > 0 && state.src[end] === "[");
}

// `[Chengqi]{lang=zh-Latn}`
function foreign(state, silent) {
  if (state.src[state.pos] !== "[") return false;
  const start = state.pos + 1;
  const end = state.md.helpers.parseLinkLabel(state, state.pos, false);
  const max = state.posMax;
  if (end < 0 || state.src[end + 1] !== "{" || end + 1 >= max) return false;
  LANG_ATTRIBUTE.lastIndex = end + 1;
  const found = LANG_ATTRIBUTE.exec(state.src);
  if (!found || LANG_ATTRIBUTE.lastIndex > max) return false;
  const after = LANG_ATTRIBUTE.lastIndex;
  if (!silent) {
    state.pos = start;
    state.posMax = end;
    state.push("lang_open", "span", 1).meta = { lang: found[1] ?? found[2] };
    state.md.inline.tokenize(state);
    state.push("lang_close", "span", -1);
  }
  state.pos = after;
  state.posMax = max;
  return true;
}

const parser = new MarkdownIt("commonmark", { html: false, maxNesting: 20 })
  .enable("table")
  .use(markdownFootnote)
  .use(markdownContainer, "block", { validate: (params) => Boolean(params.replace(/[ :]/g, "")) });
parser.disable(["footnote_inline", "footnote_tail"]);
parser.inline.ruler.before("link", "citation", citation);
parser.inline.ruler.after("link", "foreign", foreign);

// ---------------------------------------------------------------- blocks and their lines

class Lines {
  constructor(text) {
    this.text = text;
    this.starts = [0];
    this.ends = [];
    for (const found of text.matchAll(LINE_END)) {
      this.ends.push(found.index);
      this.starts.push(found.index + found[0].length);
    }
    this.ends.push(text.length);
  }

  get count() {
    return this.starts.length;
  }

  // Without the line end of the last one.
  slice(from, to) {
    return this.text.slice(this.starts[from], this.ends[to - 1]);
  }

  line(index) {
    return this.slice(index, index + 1);
  }

  isBlank(index) {
    return this.line(index).trim() === "";
  }

  isClosing(index) {
    return index < this.count && /^ {0,3}:{3,}[ \t]*$/.test(this.line(index));
  }
}

// The tokens of one level, cut into what belongs together.
function groupsOf(tokens) {
  const groups = [];
  let depth = 0;
  let start = 0;
  tokens.forEach((token, index) => {
    depth += token.nesting;
    if (depth === 0) {
      groups.push(tokens.slice(start, index + 1));
      start = index + 1;
    }
  });
  return groups;
}

function linesOf(group, lines) {
  const maps = group.map((token) => token.map).filter(Boolean);
  if (maps.length === 0) return null;
  const from = Math.min(...maps.map((map) => map[0]));
  let to = Math.max(...maps.map((map) => map[1]));
  if (group[0].type === "container_block_open" && lines.isClosing(to)) to += 1;
  to = Math.min(to, lines.count);
  while (to > from + 1 && lines.isBlank(to - 1)) to -= 1;
  return [from, to];
}

export class MarkdownReader {
  // `sources` is told where each block came from; `isFaithful` says whether a block could be
  // written anew without loss, see lesson.js.
  constructor({ sources = null, isFaithful = () => true } = {}) {
    this.sources = sources;
    this.isFaithful = isFaithful;
  }

  // Blocks of a whole text. `env` holds link addresses and footnotes that stand elsewhere.
  read(text, env = {}) {
    this.env = env;
    this.lines = new Lines(text);
    const tokens = parser.parse(text, env);
    return this.cut(tokens, 0, this.lines.count, "top");
  }

  // A run of sibling blocks between two lines, with everything in between accounted for.
  cut(tokens, from, to, place) {
    const found = [];
    let line = from;
    const between = (end) => {
      let start = line;
      while (start < end && this.lines.isBlank(start)) start += 1;
      let last = end;
      while (last > start && this.lines.isBlank(last - 1)) last -= 1;
      // Not a block for the parser: the address of a link, for instance.
      if (last > start) found.push({ node: this.source(start, last), from: start, to: last });
    };
    for (const group of groupsOf(tokens)) {
      const range = linesOf(group, this.lines);
      if (!range) continue;
      between(range[0]);
      found.push({ node: this.block(group, range, place), from: range[0], to: range[1] });
      line = range[1];
    }
    between(to);
    this.sources?.rememberRun(found, this.lines, from, to);
    return found.map((each) => each.node);
  }

  source(from, to) {
    return nodes.source.create({ text: this.lines.slice(from, to) });
  }

  block(group, [from, to], place) {
    try {
      const node = this.blockOf(group, { range: [from, to], place });
      if (this.isFaithful(node, this.env)) return node;
    } catch (error) {
      // A RangeError is ProseMirror's word for content that does not fit.
      if (!(error instanceof NotShown || error instanceof RangeError)) throw error;
    }
    return this.source(from, to);
  }

  // `where.range` is null inside lists and quotations, whose lines carry marks in front.
  blockOf(group, where) {
    const open = group[0];
    const inner = group.slice(1, -1);
    switch (open.type) {
      case "paragraph_open":
        return this.paragraph(group, where);
      case "heading_open": {
        const level = Number(open.tag.slice(1));
        return nodes.heading.createChecked({ level }, this.inline(group[1], { isOneLine: true }));
      }
      case "bullet_list_open":
        return this.list(nodes.bullet_list, inner, { marker: open.markup });
      case "ordered_list_open":
        return this.list(nodes.ordered_list, inner, {
          marker: open.markup,
          order: Number(open.attrGet("start") ?? 1),
        });
      case "blockquote_open":
        return nodes.blockquote.createChecked(null, this.nested(inner));
      case "hr":
        return nodes.horizontal_rule.create();
      case "table_open":
        return this.table(inner, where);
      case "footnote_reference_open":
        return nodes.footnote.createChecked({ label: open.meta.label }, this.nested(inner));
      case "container_block_open":
        return this.container(open, inner, where);
      default:
        throw new NotShown(open.type);
    }
  }

  // Blocks inside lists, quotations and footnotes.
  nested(tokens) {
    const blocks = groupsOf(tokens).map((group) =>
      this.blockOf(group, { range: null, place: "nested" }),
    );
    return blocks.length ? blocks : [nodes.paragraph.create()];
  }

  paragraph(group, { range, place }) {
    const children = group[1].children ?? [];
    const image = children[0];
    if (children.length === 1 && image.type === "image" && place === "top") {
      const source = image.attrGet("src");
      if (!source.startsWith(FIGURE) || image.attrGet("title")) throw new NotShown("picture");
      return nodes.figure.create({ slug: source.slice(FIGURE.length), alt: image.content });
    }
    if (range && HTML_BLOCK.test(this.lines.line(range[0]))) throw new NotShown("html");
    return nodes.paragraph.createChecked(null, this.inline(group[1]));
  }

  list(type, inner, attrs) {
    const items = groupsOf(inner).map((group) => {
      const blocks = this.nested(group.slice(1, -1));
      // A place for the cursor; an empty paragraph is not written.
      if (blocks[0]?.type !== nodes.paragraph) blocks.unshift(nodes.paragraph.create());
      return nodes.list_item.createChecked(null, blocks);
    });
    const level = inner[0].level + 1;
    const tight = !inner.some(
      (token) => token.type === "paragraph_open" && token.level === level && !token.hidden,
    );
    return type.createChecked({ ...attrs, tight }, items);
  }

  table(inner, { range }) {
    const rows = [];
    let cells = [];
    inner.forEach((token, index) => {
      if (token.type === "tr_open") cells = [];
      if (token.type === "tr_close") rows.push(nodes.table_row.createChecked(null, cells));
      if (token.type !== "th_open" && token.type !== "td_open") return;
      const type = token.type === "th_open" ? nodes.table_header : nodes.table_cell;
      const align = /text-align:(\w+)/.exec(token.attrGet("style") ?? "")?.[1] ?? null;
      const content = this.inline(inner[index + 1], { isOneLine: true });
      cells.push(type.createChecked({ align }, nodes.paragraph.createChecked(null, content)));
    });
    if (range && this.sources) {
      const [from] = range;
      rows.forEach((row, index) => {
        // The second line of a table is the rule under its head.
        this.sources.rememberRow(row, this.lines.line(index === 0 ? from : from + index + 1).trim());
      });
      this.sources.rememberRule(rows[0], this.lines.line(from + 1).trim());
    }
    return nodes.table.createChecked(null, rows);
  }

  container(open, inner, { range, place }) {
    const params = open.info.trim();
    const [kind] = params.split(" ", 1);
    const rest = params.slice(kind.length).trim();
    if (range && !this.lines.isClosing(range[1] - 1)) throw new NotShown("never closed");
    // Inside a list a block cannot be told from one that is never closed.
    if (!range) throw new NotShown("block inside a list");
    const children = this.cut(inner, range[0] + 1, range[1] - 1, "block");
    if (children.length === 0) children.push(nodes.paragraph.create());
    if (Object.hasOwn(CALLOUTS, kind)) {
      return nodes.callout.createChecked({ kind, title: rest }, children);
    }
    if (kind === "claim") return nodes.claim.createChecked({ head: rest }, children);
    if (kind === CHART && place === "top") return nodes.chart.createChecked({ head: rest }, children);
    if (kind === RECORDING && place === "top") {
      return nodes.recording.createChecked({ head: rest }, children);
    }
    throw new NotShown(kind);
  }

  // ---------------------------------------------------------------- inline

  inline(token, { isOneLine = false } = {}) {
    const found = [];
    const open = [];
    let active = [];
    const enter = (mark) => {
      open.push({ active, count: found.length });
      active = mark.addToSet(active);
    };
    const leave = () => {
      const before = open.pop();
      if (found.length === before.count) throw new NotShown("an empty mark");
      active = before.active;
    };
    const text = (content, extra) => {
      if (content) found.push(schema.text(content, extra ? extra.addToSet(active) : active));
    };
    for (const child of token.children ?? []) {
      switch (child.type) {
        case "text":
          text(child.content);
          break;
        case "softbreak":
          text(" ");
          break;
        case "hardbreak":
          if (isOneLine) throw new NotShown("a line break");
          found.push(nodes.hard_break.create(null, null, active));
          break;
        case "code_inline":
          text(child.content, marks.code.create());
          break;
        case "em_open":
          enter(marks.em.create());
          break;
        case "strong_open":
          enter(marks.strong.create());
          break;
        case "lang_open":
          enter(marks.lang.create(child.meta));
          break;
        case "link_open":
          enter(linkMark(child));
          break;
        case "em_close":
        case "strong_close":
        case "lang_close":
        case "link_close":
          leave();
          break;
        case "citation":
          found.push(nodes.citation.create({ source: child.content }, null, active));
          break;
        case "footnote_ref":
          found.push(nodes.footnote_mark.create({ label: child.meta.label }, null, active));
          break;
        default:
          throw new NotShown(child.type);
      }
    }
    return joined(found);
  }
}

function linkMark(token) {
  const href = token.attrGet("href") ?? "";
  const title = token.attrGet("title") ?? "";
  if (!href.startsWith(GLOSSARY)) return marks.link.create({ href, title });
  if (title) throw new NotShown("a title");
  return marks.term.create({ slug: href.slice(GLOSSARY.length) });
}

// ProseMirror wants no two neighbors that could be one text.
function joined(found) {
  const result = [];
  for (const node of found) {
    const last = result.at(-1);
    if (last?.isText && node.isText && last.sameMarkup(node)) {
      result[result.length - 1] = schema.text(last.text + node.text, node.marks);
    } else {
      result.push(node);
    }
  }
  return result;
}
