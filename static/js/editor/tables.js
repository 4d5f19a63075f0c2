// Tables as Markdown has them: one head row on top, every row as long as the head.

import {
  goToNextCell, isInTable, Plugin, selectedRect, TextSelection,
} from "../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { nodes } = schema;

export function newTable({ rows = 3, columns = 3 } = {}) {
  const cell = (type) => type.create(null, nodes.paragraph.create());
  const row = (type) =>
    nodes.table_row.create(null, Array.from({ length: columns }, () => cell(type)));
  const body = Array.from({ length: rows - 1 }, () => row(nodes.table_cell));
  return nodes.table.create(null, [row(nodes.table_header), ...body]);
}

// After every change: the first row is the head, no other is, and no cell spans others.
export function tableShape() {
  return new Plugin({
    appendTransaction(transactions, before, state) {
      if (!transactions.some((each) => each.docChanged)) return null;
      const { tr } = state;
      state.doc.descendants((node, pos) => {
        if (node.type !== nodes.table) return !node.isTextblock;
        node.forEach((row, offset, index) => {
          const wanted = index === 0 ? nodes.table_header : nodes.table_cell;
          row.forEach((cell, inner) => {
            const isSpanning = cell.attrs.colspan !== 1 || cell.attrs.rowspan !== 1;
            if (cell.type === wanted && !isSpanning) return;
            const at = pos + 1 + offset + 1 + inner;
            tr.setNodeMarkup(at, wanted, { ...cell.attrs, colspan: 1, rowspan: 1, colwidth: null });
          });
        });
        return false;
      });
      return tr.docChanged ? tr : null;
    },
  });
}

// A cell is one line: Enter goes to the cell below, or out of the table under the last row.
export function enterInTable(state, dispatch) {
  if (!isInTable(state)) return false;
  if (!dispatch) return true;
  const { map, tableStart, table, bottom, left } = selectedRect(state);
  let { tr } = state;
  if (bottom < map.height) {
    const cell = tableStart + map.positionAt(bottom, left, table);
    tr = tr.setSelection(TextSelection.near(tr.doc.resolve(cell + 1), 1));
  } else {
    const after = tableStart + table.content.size + 1;
    tr = tr.insert(after, nodes.paragraph.create());
    tr = tr.setSelection(TextSelection.create(tr.doc, after + 1));
  }
  dispatch(tr.scrollIntoView());
  return true;
}

export const nextCell = goToNextCell(1);
export const previousCell = goToNextCell(-1);
