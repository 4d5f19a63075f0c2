// Blocks with a frame of their own: callouts, claims, charts, recordings, figures, footnotes, Markdown
// that the editor does not show. A frame has a head that is not text, and mostly a body that is.

import { TextSelection } from "../../vendor/prosemirror/prosemirror.js";
import { unwrap } from "./changes.js";
import { CALLOUTS, CLAIM_LABEL, gradeClass, readChart, readClaim, readRecording } from "./grammar.js";

function make(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(words, act) {
  const made = make("button", "studio-island-button", words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

class Frame {
  constructor(node, view, getPos, { tag, hasBody = true }) {
    this.node = node;
    this.view = view;
    this.getPos = getPos;
    this.dom = make(tag);
    this.head = make("div", "studio-island-head");
    this.head.contentEditable = "false";
    this.dom.append(this.head);
    if (hasBody) {
      this.contentDOM = make("div", "studio-island-body");
      this.dom.append(this.contentDOM);
    } else {
      this.dom.contentEditable = "false";
    }
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  set(name, value) {
    this.view.dispatch(this.view.state.tr.setNodeAttribute(this.getPos(), name, value));
  }

  selectNode() {
    this.dom.classList.add("ProseMirror-selectednode");
  }

  deselectNode() {
    this.dom.classList.remove("ProseMirror-selectednode");
  }

  // Clicks on words of the head select the block; its controls keep their events.
  stopEvent(event) {
    const control = event.target.closest?.("button, input, select");
    return Boolean(control && this.dom.contains(control));
  }

  ignoreMutation(mutation) {
    if (mutation.type === "selection") return false;
    return !this.contentDOM?.contains(mutation.target) || mutation.target === this.contentDOM.parentNode;
  }
}

class Callout extends Frame {
  constructor(node, view, getPos) {
    super(node, view, getPos, { tag: "aside" });
    this.dom.setAttribute("role", "note");
    this.kind = make("select", "studio-callout-kind");
    this.kind.setAttribute("aria-label", "Kind of callout");
    for (const [value, label] of Object.entries(CALLOUTS)) this.kind.append(new Option(label, value));
    this.kind.addEventListener("change", () => this.set("kind", this.kind.value));
    this.title = make("input", "studio-callout-title callout-title");
    this.title.type = "text";
    this.title.placeholder = "Title";
    this.title.setAttribute("aria-label", "Title of the callout");
    this.title.addEventListener("input", () => this.set("title", this.title.value));
    this.title.addEventListener("keydown", (event) => this.leaveTitle(event));
    this.head.append(
      make("span", "callout-label", this.kind),
      button("Remove the frame", () => unwrap(view, getPos())),
      this.title,
    );
    this.show();
  }

  // Enter in a field would send the form around the editor.
  leaveTitle(event) {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const { state } = this.view;
    const start = TextSelection.near(state.doc.resolve(this.getPos() + 1), 1);
    this.view.dispatch(state.tr.setSelection(start));
    this.view.focus();
  }

  show() {
    const { kind, title } = this.node.attrs;
    this.dom.className = `callout callout-${kind}`;
    this.dom.setAttribute("aria-label", CALLOUTS[kind] ?? kind);
    this.kind.value = kind;
    if (this.title.value.trim() !== title.trim()) this.title.value = title;
  }
}

class Claim extends Frame {
  constructor(node, view, getPos, { parts, forms }) {
    super(node, view, getPos, { tag: "aside" });
    this.dom.setAttribute("role", "note");
    this.parts = parts;
    this.dom.className = "callout callout-claim";
    this.label = make("span", "callout-label");
    this.verdict = make("p", "verdict");
    this.verdict.contentEditable = "false";
    this.head.append(
      this.label,
      button("Number, verdict, references", () => forms.claim(view, getPos())),
      button("Remove the frame", () => unwrap(view, getPos())),
    );
    this.dom.append(this.verdict);
    this.show();
  }

  show() {
    const { id, verdict, references } = readClaim(this.node.attrs.head);
    this.label.textContent = `${CLAIM_LABEL} ${id}`;
    this.dom.setAttribute("aria-label", this.label.textContent);
    this.verdict.className = `verdict verdict-${gradeClass(verdict)}`;
    const numbers = references.map((slug) => this.parts.number(slug) ?? slug).join(" ");
    this.verdict.replaceChildren(make("span", "verdict-word", verdict), " ", make("sup", "ref", numbers));
  }
}

class Chart extends Frame {
  constructor(node, view, getPos, { parts, forms }) {
    super(node, view, getPos, { tag: "figure" });
    this.parts = parts;
    this.dom.className = "studio-island studio-chart";
    this.name = make("p", "studio-island-name");
    this.picture = make("img");
    this.picture.alt = "";
    this.head.append(
      this.name,
      button("Choose a chart", () => forms.chart(view, getPos())),
      button("Edit as Markdown", () => forms.source(view, getPos())),
      this.picture,
    );
    this.contentDOM.classList.add("studio-caption");
    this.contentDOM.dataset.label = "Caption";
    this.show();
  }

  show() {
    const { slug, options } = readChart(this.node.attrs.head);
    const url = this.parts.charts.get(slug)?.url;
    this.name.replaceChildren(make("b", "", "Chart: "), this.parts.charts.name(slug));
    if (options) this.name.append(make("span", "studio-island-note", ` ${options}`));
    this.picture.hidden = !url;
    if (url && this.picture.getAttribute("src") !== url) this.picture.src = url;
  }
}

class Recording extends Frame {
  constructor(node, view, getPos, { parts, forms }) {
    super(node, view, getPos, { tag: "figure" });
    this.parts = parts;
    this.dom.className = "studio-island studio-recording";
    this.name = make("p", "studio-island-name");
    this.head.append(
      this.name,
      button("Choose a recording", () => forms.recording(view, getPos())),
      button("Edit as Markdown", () => forms.source(view, getPos())),
    );
    this.contentDOM.classList.add("studio-caption");
    this.contentDOM.dataset.label = "Caption";
    this.show();
  }

  show() {
    const { slug, rest } = readRecording(this.node.attrs.head);
    this.name.replaceChildren(make("b", "", "Recording: "), this.parts.recordings.name(slug));
    if (rest) this.name.append(make("span", "studio-island-note", ` ${rest}`));
  }
}

class Figure extends Frame {
  constructor(node, view, getPos, { parts, forms }) {
    super(node, view, getPos, { tag: "figure", hasBody: false });
    this.parts = parts;
    this.dom.className = "studio-island figure";
    this.picture = make("img");
    this.caption = make("figcaption");
    this.head.append(this.picture, this.caption, button("Choose a figure", () => forms.figure(view, getPos())));
    this.show();
  }

  show() {
    const { slug, upload } = this.node.attrs;
    const entry = this.parts.figures.get(slug);
    this.picture.hidden = !entry?.url;
    this.picture.alt = entry?.alt ?? "";
    if (entry?.url && this.picture.getAttribute("src") !== entry.url) this.picture.src = entry.url;
    this.caption.replaceChildren(make("b", "", "Figure: "), this.parts.figures.name(slug));
    if (!slug && upload) this.caption.textContent = "The picture is being sent…";
  }
}

class Footnote extends Frame {
  constructor(node, view, getPos) {
    super(node, view, getPos, { tag: "section" });
    this.dom.className = "studio-footnote";
    this.show();
  }

  show() {
    this.head.textContent = this.node.attrs.label;
    this.head.title = `Footnote ${this.node.attrs.label}`;
  }
}

class SourceIsland extends Frame {
  constructor(node, view, getPos, { forms }) {
    super(node, view, getPos, { tag: "div", hasBody: false });
    this.dom.className = "studio-island studio-source";
    this.text = make("pre");
    this.head.append(
      make("p", "studio-island-name", "Written in Markdown, kept as it is"),
      button("Edit as Markdown", () => forms.source(view, getPos())),
      this.text,
    );
    this.show();
  }

  show() {
    this.text.textContent = this.node.attrs.text;
  }
}

class Table {
  constructor() {
    this.contentDOM = make("tbody");
    this.dom = make("div", "table-scroll", make("table", "", this.contentDOM));
  }

  ignoreMutation(mutation) {
    return mutation.type === "attributes" && !this.contentDOM.contains(mutation.target);
  }
}

export function islandViews(context) {
  const of = (View) => (node, view, getPos) => new View(node, view, getPos, context);
  return {
    callout: of(Callout),
    claim: of(Claim),
    chart: of(Chart),
    recording: of(Recording),
    figure: of(Figure),
    footnote: of(Footnote),
    source: of(SourceIsland),
    table: of(Table),
  };
}
