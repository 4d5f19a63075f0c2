// Marks whose footnote was deleted are shown as such: opening one asks for the text anew.

import { Decoration, DecorationSet, Plugin } from "../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { footnote, footnote_mark: footnoteMark } = schema.nodes;

function missing(doc) {
  const written = new Set();
  const marks = [];
  doc.descendants((node, pos) => {
    if (node.type === footnote) written.add(node.attrs.label);
    if (node.type === footnoteMark) marks.push({ node, pos });
  });
  const lost = marks.filter(({ node }) => !written.has(node.attrs.label));
  return DecorationSet.create(
    doc,
    lost.map(({ node, pos }) =>
      Decoration.node(pos, pos + node.nodeSize, {
        class: "is-missing",
        title: "This footnote has no text. Open it to write one.",
      }),
    ),
  );
}

export function lostFootnotes() {
  return new Plugin({
    state: {
      init: (_, { doc }) => missing(doc),
      apply: (tr, before) => (tr.docChanged ? missing(tr.doc) : before),
    },
    props: {
      decorations(state) {
        return this.getState(state);
      },
    },
  });
}
