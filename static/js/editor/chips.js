// Chips in running text: references with their grade, footnote marks.

import { gradeClass, readCitation } from "./grammar.js";

function span(className, text = "") {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

export function citationView({ parts, forms }) {
  return (node, view, getPos) => {
    const { grade, references } = readCitation(node.attrs.source);
    const dom = span(grade ? `chip grade grade-${gradeClass(grade)}` : "chip");
    dom.dataset.citation = node.attrs.source;
    dom.title = references.map((slug) => parts.references.name(slug)).join("\n");
    if (grade) dom.append(grade);
    const numbers = document.createElement("sup");
    numbers.className = "ref";
    numbers.textContent = references.map((slug) => parts.number(slug) ?? slug).join(" ");
    if (grade && references.length) dom.append(" ");
    if (references.length) dom.append(numbers);
    dom.addEventListener("dblclick", () => forms.citation(view, getPos()));
    return { dom, ignoreMutation: () => true };
  };
}

export function footnoteMarkView({ forms }) {
  return (node, view, getPos) => {
    const dom = document.createElement("sup");
    dom.className = "chip footnote-ref";
    dom.dataset.footnote = node.attrs.label;
    dom.title = `Footnote ${node.attrs.label}`;
    dom.textContent = node.attrs.label;
    dom.addEventListener("dblclick", () => forms.footnote(view, getPos()));
    return { dom, ignoreMutation: () => true };
  };
}
