// Changes to the document that toolbar, keys and forms have in common.

import { Selection, TextSelection } from "../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { nodes } = schema;

// The stretch of text around the cursor that carries a mark of this type.
export function markAround(state, type) {
  const { $from, from, to } = state.selection;
  const { parent } = $from;
  if (!parent.isTextblock || !state.selection.$to.sameParent($from)) return null;
  let found = null;
  let run = null;
  parent.forEach((child, offset) => {
    const mark = type.isInSet(child.marks);
    const start = $from.start() + offset;
    if (mark && run && run.mark.eq(mark)) run.to = start + child.nodeSize;
    else run = mark ? { mark, from: start, to: start + child.nodeSize } : null;
    if (run && run.from <= from && run.to >= to) found = run;
  });
  return found;
}

export function setMark(view, mark, { around = null, words = "" } = {}) {
  const { tr } = view.state;
  const { from, to } = tr.selection;
  if (around) {
    tr.removeMark(around.from, around.to, mark.type).addMark(around.from, around.to, mark);
  } else if (words) {
    const others = tr.selection.$from.marks().filter((each) => !mark.type.excludes(each.type));
    tr.replaceSelectionWith(schema.text(words, mark.addToSet(others)), false);
    tr.removeStoredMark(mark.type);
  } else {
    tr.addMark(from, to, mark);
  }
  view.dispatch(tr.scrollIntoView());
}

export function unsetMark(view, type, { from, to }) {
  view.dispatch(view.state.tr.removeMark(from, to, type));
}

// Puts blocks in the stead of the one at `pos`, or, without one, where the cursor is: in the stead
// of an empty paragraph, or after the block it stands in.
export function replaceBlock(view, pos, blocks) {
  const { state } = view;
  const { tr } = state;
  let from = pos;
  let to = pos === null ? null : pos + state.doc.nodeAt(pos).nodeSize;
  if (pos === null) {
    const { $from } = state.selection;
    const depth = placeFor(blocks, $from);
    const index = $from.index(depth - 1);
    const current = $from.node(depth - 1).maybeChild(index);
    const isEmpty = current?.type === nodes.paragraph && current.content.size === 0;
    from = $from.posAtIndex(isEmpty ? index : Math.min(index + 1, $from.node(depth - 1).childCount), depth - 1);
    to = isEmpty ? from + current.nodeSize : from;
  }
  const $at = tr.doc.resolve(from);
  const parent = $at.parent;
  const isWhole = to - from === parent.content.size;
  let put = blocks;
  if (blocks.length === 0 && isWhole) put = [nodes.paragraph.create()];
  if (put.some((block) => !parent.type.contentMatch.matchType(block.type))) return false;
  tr.replaceWith(from, to, put);
  const end = Selection.findFrom(tr.doc.resolve(from), 1);
  if (end && put.length) tr.setSelection(end);
  view.dispatch(tr.scrollIntoView());
  return true;
}

// How deep the blocks may stand: inside a callout what a callout may hold, else at the top.
function placeFor(blocks, $from) {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const parent = $from.node(depth - 1);
    const isFrame = [nodes.callout, nodes.claim].includes(parent.type);
    const fits = blocks.every(({ type }) => type === nodes.table || type === nodes.horizontal_rule);
    if (isFrame && fits) return depth;
  }
  return 1;
}

// Out of a callout, a quotation, a table, a list: a new paragraph after it.
export function leaveBlock(state, dispatch) {
  const { $from } = state.selection;
  if ($from.depth < 2) return false;
  const pos = $from.after(1);
  if (dispatch) {
    const tr = state.tr.insert(pos, nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, pos + 1)).scrollIntoView());
  }
  return true;
}

// Enter in an empty last paragraph of a frame leads out of it.
export function leaveFrame(state, dispatch) {
  const { $from, empty } = state.selection;
  const frames = [nodes.callout, nodes.claim, nodes.chart, nodes.recording, nodes.footnote];
  if (!empty || $from.depth < 2 || $from.parent.content.size > 0) return false;
  const frame = $from.node(-1);
  const isLast = $from.index(-1) === frame.childCount - 1;
  if (!frames.includes(frame.type) || !isLast || frame.childCount < 2) return false;
  if (dispatch) {
    const after = $from.after(-1);
    const tr = state.tr.insert(after, nodes.paragraph.create());
    tr.setSelection(TextSelection.create(tr.doc, after + 1));
    dispatch(tr.delete($from.before(), $from.after()).scrollIntoView());
  }
  return true;
}

// Takes the frame off and leaves what stands in it.
export function unwrap(view, pos) {
  const node = view.state.doc.nodeAt(pos);
  view.dispatch(view.state.tr.replaceWith(pos, pos + node.nodeSize, node.content).scrollIntoView());
  view.focus();
}
