// What comes from Word, Google Docs and web pages: the text and its shape stay, the looks go.

import { Fragment, isInTable, Plugin, Slice } from "../../vendor/prosemirror/prosemirror.js";
import { fileFromData } from "./pictures.js";
import { schema } from "./schema.js";

const { nodes } = schema;
const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TBODY TD TFOOT TH THEAD TR UL".split(" "),
);
const DROPPED = "head, style, script, meta, link, title, template, xml, iframe, object, embed, svg, input, select, button, textarea, noscript";
const INLINE = { B: "strong", STRONG: "strong", I: "em", EM: "em", CODE: "code", KBD: "code", TT: "code" };

// A strict security policy refuses styles even of text that is only read.
function withoutStyles(html) {
  return html
    .replace(/<style[\s>][\s\S]*?(?:<\/style\s*>|$)/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

export class Cleaner {
  constructor({ pictures }) {
    this.pictures = pictures;
  }

  // HTML of the clipboard to plain HTML of our own blocks, and sentences about what was left out.
  clean(html) {
    this.notes = new Set();
    const page = new DOMParser().parseFromString(withoutStyles(html), "text/html");
    this.drop(page);
    this.out = document.implementation.createHTMLDocument("");
    const target = this.out.createElement("div");
    this.blocks(page.body, target, {});
    nestWordLists(target);
    this.shiftHeadings(target);
    return { html: target.innerHTML, notes: [...this.notes] };
  }

  drop(page) {
    const comments = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
    const found = [];
    while (comments.nextNode()) found.push(comments.currentNode);
    for (const each of found) each.remove();
    for (const each of page.querySelectorAll(DROPPED)) each.remove();
    for (const each of page.querySelectorAll("*")) {
      const style = styleOf(each);
      const isHidden = /display:\s*none|mso-hide:\s*all/i.test(style);
      // Word's own comments: the marks in the text and the list of them at the end.
      const isComment =
        /mso-element:\s*(comment|annotation)|mso-comment-/i.test(style) ||
        /^Mso(CommentReference|CommentText)/.test(each.className) ||
        (each.tagName === "A" && /^#?_(msocom|cmnt)/.test(each.getAttribute("href") ?? each.name));
      // Google Docs writes its comments the same way, `#cmnt1`.
      const isGoogleComment = each.tagName === "A" && /^#cmnt/.test(each.getAttribute("href") ?? "");
      if (isHidden || isComment || isGoogleComment) each.remove();
      else if (each.tagName.startsWith("O:")) each.replaceWith(...each.childNodes);
    }
  }

  // ------------------------------------------------------------------ blocks

  // Children of `from` as blocks in `to`; loose text gets a paragraph.
  blocks(from, to, context) {
    let paragraph = null;
    const close = () => {
      if (paragraph) finish(paragraph);
      paragraph = null;
    };
    for (const child of [...from.childNodes]) {
      if (isBlock(child)) {
        close();
        this.block(child, to, context);
      } else {
        if (!paragraph) {
          paragraph = this.out.createElement("p");
          to.append(paragraph);
        }
        this.inline(child, paragraph, { marks: [], to, context });
      }
    }
    close();
  }

  block(element, to, context) {
    const tag = element.tagName;
    if (/^H[1-6]$/.test(tag)) return this.textBlock(element, to, tag.toLowerCase(), context);
    if (tag === "UL" || tag === "OL") return this.list(element, to, context);
    if (tag === "TABLE") return this.table(element, to);
    if (tag === "HR") return to.append(this.out.createElement("hr"));
    if (tag === "BLOCKQUOTE" && !context.isInCell) {
      const quote = this.out.createElement("blockquote");
      this.blocks(element, quote, { ...context, isNested: true });
      return quote.childNodes.length ? to.append(quote) : undefined;
    }
    if (tag === "P" || tag === "DT" || tag === "DD" || tag === "FIGCAPTION" || tag === "PRE") {
      if (wordList(element)) return this.wordItem(element, to, context);
      const level = headingLevel(element);
      if (![...element.childNodes].some(isBlock)) {
        return this.textBlock(element, to, level ? `h${level}` : "p", context);
      }
    }
    // Any other box is looked through.
    return this.blocks(element, to, context);
  }

  textBlock(element, to, tag, context) {
    const made = this.out.createElement(tag);
    to.append(made);
    for (const child of [...element.childNodes]) {
      this.inline(child, made, { marks: [], to, context: { ...context, isHeading: tag !== "p" } });
    }
    finish(made);
  }

  list(element, to, context) {
    const list = this.out.createElement(element.tagName.toLowerCase());
    if (element.tagName === "OL" && element.start > 1) list.start = element.start;
    for (const child of [...element.children]) {
      if (child.tagName === "UL" || child.tagName === "OL") {
        // Word and Google Docs put a list under a list where it should stand in an item.
        const last = list.lastElementChild ?? list.appendChild(this.emptyItem());
        this.list(child, last, context);
      } else {
        const item = this.out.createElement("li");
        this.blocks(child, item, { ...context, isNested: true });
        if (item.firstElementChild?.tagName !== "P") item.prepend(this.out.createElement("p"));
        list.append(item);
      }
    }
    if (list.children.length) to.append(list);
  }

  emptyItem() {
    const item = this.out.createElement("li");
    item.append(this.out.createElement("p"));
    return item;
  }

  // A paragraph that Word means as an item; nestWordLists gathers them.
  wordItem(element, to, context) {
    const { level, isOrdered, start } = wordList(element);
    const made = this.out.createElement("p");
    made.dataset.level = level;
    made.dataset.ordered = isOrdered ? "yes" : "";
    made.dataset.start = start;
    for (const mark of element.querySelectorAll("*")) {
      if (/mso-list:\s*Ignore/i.test(styleOf(mark))) mark.remove();
    }
    to.append(made);
    for (const child of [...element.childNodes]) {
      this.inline(child, made, { marks: [], to, context: { ...context, isNested: true } });
    }
    finish(made);
  }

  // One line per cell, no cell over several columns: what Markdown has.
  table(element, to) {
    const rows = [...element.rows].filter((row) => row.closest("table") === element);
    const grid = rows.map(() => []);
    rows.forEach((row, y) => {
      for (const cell of row.cells) {
        let x = 0;
        while (grid[y][x]) x += 1;
        const width = Math.min(cell.colSpan, 50);
        const height = Math.min(cell.rowSpan || 1, rows.length - y);
        for (let down = 0; down < height; down += 1) {
          for (let right = 0; right < width; right += 1) grid[y + down][x + right] = "empty";
        }
        grid[y][x] = this.cellText(cell);
      }
    });
    const width = Math.max(0, ...grid.map((row) => row.length));
    if (width === 0) return;
    const table = this.out.createElement("table");
    grid.forEach((row, y) => {
      const line = table.insertRow();
      for (let x = 0; x < width; x += 1) {
        const cell = this.out.createElement(y === 0 ? "th" : "td");
        cell.append(row[x] && row[x] !== "empty" ? row[x] : this.out.createElement("p"));
        line.append(cell);
      }
    });
    to.append(table);
  }

  cellText(cell) {
    const box = this.out.createElement("div");
    this.blocks(cell, box, { isNested: true, isInCell: true });
    const line = this.out.createElement("p");
    for (const each of box.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
      if (line.childNodes.length) line.append(" ");
      for (const lineBreak of each.querySelectorAll("br")) lineBreak.replaceWith(" ");
      line.append(...each.childNodes);
    }
    return line;
  }

  // ------------------------------------------------------------------ inline

  inline(node, to, { marks, to: blockTarget, context }) {
    if (node.nodeType === Node.TEXT_NODE) {
      this.text(node.data, to, context.isHeading ? marks.filter(([tag]) => tag !== "strong") : marks);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.tagName === "BR") {
      to.append(this.out.createElement("br"));
      return;
    }
    if (node.tagName === "IMG") {
      this.image(node, blockTarget, context);
      return;
    }
    const inner = { marks: marksOf(node, marks, this.notes), to: blockTarget, context };
    for (const child of [...node.childNodes]) this.inline(child, to, inner);
  }

  text(data, to, marks) {
    const text = data.replace(/[\t\r\n ]+/g, " ").replace(/\u200b|\ufeff/g, "");
    if (!text) return;
    let target = to;
    // Marks around nothing but a space are looks.
    for (const [tag, attrs] of text.trim() ? marks : []) {
      const made = this.out.createElement(tag);
      for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, value);
      target.append(made);
      target = made;
    }
    target.append(text);
  }

  image(image, to, context) {
    const file = fileFromData(image.getAttribute("src") ?? "");
    if (!file || !this.pictures.canUpload) {
      this.notes.add("A picture was left out: copy it by itself, or add it under Pictures.");
    } else if (context.isNested) {
      this.notes.add("A picture inside a list or table was left out: a figure stands by itself.");
    } else {
      const figure = this.out.createElement("figure");
      figure.dataset.block = "figure";
      figure.dataset.upload = this.pictures.keep(file);
      to.append(figure);
    }
  }

  // The highest heading becomes the second level; the title of the lesson is the first.
  shiftHeadings(target) {
    const headings = [...target.querySelectorAll("h1, h2, h3, h4, h5, h6")];
    const level = (heading) => Number(heading.tagName[1]);
    const highest = Math.min(...headings.map(level));
    for (const heading of headings) {
      const made = this.out.createElement(`h${Math.min(4, level(heading) - highest + 2)}`);
      made.append(...heading.childNodes);
      heading.replaceWith(made);
    }
  }
}

function styleOf(element) {
  return element.getAttribute("data-style") ?? "";
}

function isBlock(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return false;
  if (BLOCKS.has(node.tagName)) return true;
  // Google Docs wraps everything in one <b>.
  return [...node.children].some(isBlock);
}

function finish(made) {
  while (made.lastChild?.nodeName === "BR") made.lastChild.remove();
  while (made.firstChild?.nodeName === "BR") made.firstChild.remove();
  if (made.textContent.trim() === "" && !made.querySelector("br")) made.remove();
}

function marksOf(element, marks, notes) {
  const style = styleOf(element);
  const has = (tag) => marks.some(([name]) => name === tag);
  let found = [...marks];
  const toggle = (tag, isOn) => {
    if (isOn && !has(tag)) found.push([tag, {}]);
    if (isOn === false) found = found.filter(([name]) => name !== tag);
  };
  if (INLINE[element.tagName]) toggle(INLINE[element.tagName], true);
  const weight = /(?:^|[;\s])font-weight:\s*(\w+)/i.exec(style)?.[1];
  if (weight) toggle("strong", weight === "bold" || weight === "bolder" || Number(weight) >= 600);
  const slant = /(?:^|[;\s])font-style:\s*(\w+)/i.exec(style)?.[1];
  if (slant) toggle("em", slant === "italic" || slant === "oblique");
  if (element.tagName === "A" && !has("a")) {
    const href = addressOf(element.getAttribute("href") ?? "", notes);
    if (href) found.unshift(["a", { href }]);
  }
  return found;
}

function addressOf(address, notes) {
  let href = address.trim();
  // Google Docs sends links through a page of its own in some exports.
  const through = /^https:\/\/www\.google\.com\/url\?q=([^&]+)/.exec(href);
  if (through) href = decodeURIComponent(through[1]);
  if (/^http:\/\//i.test(href)) {
    href = href.replace(/^http:/i, "https:");
    notes.add("A link with http:// now begins with https://; please try it.");
  }
  return /^(https:\/\/|mailto:)/i.test(href) ? href : "";
}

function headingLevel(element) {
  const outline = /mso-outline-level:\s*([1-6])/i.exec(styleOf(element))?.[1];
  const named = /^(?:MsoTitle|MsoHeading([1-6]))/.exec(element.className);
  if (named) return Number(named[1] ?? 1);
  return outline ? Number(outline) : 0;
}

// `mso-list:l0 level2 lfo1` and the printed mark before the text.
function wordList(element) {
  const found = /mso-list:\s*l\d+\s+level(\d+)/i.exec(styleOf(element));
  if (!found) return null;
  const marks = [...element.querySelectorAll("*")].find((each) =>
    /mso-list:\s*Ignore/i.test(styleOf(each)),
  );
  const mark = (marks?.textContent ?? "").replace(/\u00a0/g, " ").trim();
  const isOrdered = /^\(?(?:\d+|[a-z]{1,4})[.)]/i.test(mark);
  return { level: Number(found[1]), isOrdered, start: /^\(?(\d+)/.exec(mark)?.[1] ?? "1" };
}

function nestWordLists(target) {
  const items = [...target.querySelectorAll("p[data-level]")];
  let open = [];
  let before = null;
  for (const item of items) {
    const level = Number(item.dataset.level);
    const tag = item.dataset.ordered ? "ol" : "ul";
    if (!before || item.previousElementSibling !== before) open = [];
    while (open.length && open.at(-1).level > level) open.pop();
    const same = open.at(-1);
    let list = same?.level === level && same.list.localName === tag ? same.list : null;
    if (!list) {
      if (same?.level === level) open.pop();
      list = item.ownerDocument.createElement(tag);
      if (tag === "ol" && item.dataset.start !== "1") list.setAttribute("start", item.dataset.start);
      const parent = open.at(-1)?.list.lastElementChild;
      if (parent) parent.append(list);
      else item.before(list);
      open.push({ level, list });
    }
    const line = item.ownerDocument.createElement("li");
    const text = item.ownerDocument.createElement("p");
    text.append(...item.childNodes);
    line.append(text);
    list.append(line);
    before = open[0].list;
    item.remove();
  }
}

// ---------------------------------------------------------------- the plugin

export function pastePlugin({ pictures, say }) {
  const cleaner = new Cleaner({ pictures });
  return new Plugin({
    props: {
      transformPastedHTML(html) {
        // Copied in this editor: its own blocks with all they hold.
        if (/\sdata-pm-slice=/.test(html)) return withoutStyles(html);
        const cleaned = cleaner.clean(html);
        if (cleaned.notes.length) say(cleaned.notes.join(" "));
        return cleaned.html;
      },
      transformPasted(slice, view) {
        return isInTable(view.state) && !holdsTable(slice) ? oneLine(slice) : slice;
      },
      handlePaste(view, event) {
        return takeFiles(view, event.clipboardData, null, { pictures, say });
      },
      handleDrop(view, event) {
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        const isTaken = takeFiles(view, event.dataTransfer, place?.pos ?? null, { pictures, say });
        if (isTaken) event.preventDefault();
        return isTaken;
      },
    },
    // Pasted HTML may have brought pictures that now have a place.
    view: () => ({
      update: (view) => {
        if (pictures.waiting.size) pictures.send(view);
      },
    }),
  });
}

function takeFiles(view, transfer, pos, { pictures, say }) {
  const files = [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const hasText = transfer?.types.includes("text/html") || transfer?.types.includes("text/plain");
  if (files.length === 0 || hasText) return false;
  if (!pictures.canUpload) {
    say("Pictures cannot be pasted here. Add them under Pictures first.");
    return true;
  }
  const $at = pos === null ? view.state.selection.$from : view.state.doc.resolve(pos);
  const after = $at.depth ? $at.after(1) : $at.pos;
  view.dispatch(view.state.tr.insert(after, files.map((file) => pictures.node(file))).scrollIntoView());
  return true;
}

function holdsTable(slice) {
  let isFound = false;
  slice.content.descendants((node) => {
    if (node.type === nodes.table || node.type === nodes.table_row) isFound = true;
  });
  return isFound;
}

// All text of a slice as one run, for a cell.
function oneLine(slice) {
  const found = [];
  slice.content.descendants((node, pos, parent) => {
    if (!node.isInline) {
      if (node.isTextblock && found.length) found.push(schema.text(" "));
      return true;
    }
    const isBreak = node.type === nodes.hard_break;
    if (parent !== null || node.isInline) found.push(isBreak ? schema.text(" ") : node);
    return false;
  });
  return new Slice(Fragment.from(found), 0, 0);
}
