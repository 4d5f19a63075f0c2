// What the toolbar offers: words, shortcut, what it does, when it is on.

import {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable,
  isInTable, lift, liftListItem, redo, setBlockType, toggleMark, undo, wrapIn, wrapInList,
} from "../../vendor/prosemirror/prosemirror.js";
import { replaceBlock } from "./changes.js";
import { keyName } from "./keys.js";
import { schema } from "./schema.js";
import { newTable } from "./tables.js";

const { nodes, marks } = schema;

function isMarked(state, type) {
  const { from, to, empty, $from } = state.selection;
  if (empty) return Boolean(type.isInSet(state.storedMarks ?? $from.marks()));
  return state.doc.rangeHasMark(from, to, type);
}

function around(state, type) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if ($from.node(depth).type === type) return $from.node(depth);
  }
  return null;
}

function command(make, extra) {
  return {
    run: (view) => make(view.state, view.dispatch, view),
    isEnabled: (state) => make(state),
    ...extra,
  };
}

function mark(type, label, name, key, style) {
  return command(toggleMark(type), {
    label,
    name,
    key,
    style,
    isOn: (state) => isMarked(state, type),
  });
}

function heading(level) {
  const isOn = (state) => {
    const { parent } = state.selection.$from;
    return parent.type === nodes.heading && parent.attrs.level === level;
  };
  const set = setBlockType(nodes.heading, { level });
  const unset = setBlockType(nodes.paragraph);
  return command((state, ...rest) => (isOn(state) ? unset : set)(state, ...rest), {
    label: { 2: "Heading", 3: "Subheading", 4: "Small heading" }[level],
    key: `Mod-Alt-${level}`,
    isOn,
  });
}

function list(type, label, name, key) {
  const other = type === nodes.bullet_list ? nodes.ordered_list : nodes.bullet_list;
  const closest = (state) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      const node = $from.node(depth);
      if (node.type.isInGroup("list")) return { node, pos: $from.before(depth) };
    }
    return null;
  };
  const toggle = (state, dispatch) => {
    const found = closest(state);
    if (found?.node.type === type) return liftListItem(nodes.list_item)(state, dispatch);
    if (found?.node.type === other) {
      dispatch?.(state.tr.setNodeMarkup(found.pos, type, { tight: found.node.attrs.tight }));
      return true;
    }
    return wrapInList(type)(state, dispatch);
  };
  return command(toggle, { label, name, key, isOn: (state) => closest(state)?.node.type === type });
}

const quote = command(
  (state, dispatch) =>
    around(state, nodes.blockquote) ? lift(state, dispatch) : wrapIn(nodes.blockquote)(state, dispatch),
  {
    label: "Quote",
    name: "Quotation",
    key: "Shift-Mod-9",
    isOn: (state) => Boolean(around(state, nodes.blockquote)),
  },
);

export function toolGroups({ forms }) {
  const form = (name, label, key) => ({
    label,
    key,
    run: (view) => forms[name](view),
    isEnabled: () => true,
  });
  const inText = (entry) => ({
    ...entry,
    isEnabled: (state) => state.selection.$from.parent.inlineContent,
  });
  const table = (label, make) => command(make, { label });
  return [
    [
      command(undo, { label: "Undo", key: "Mod-z" }),
      command(redo, { label: "Redo", key: "Mod-y" }),
    ],
    [
      mark(marks.strong, "B", "Bold", "Mod-b", "strong"),
      mark(marks.em, "I", "Italic", "Mod-i", "em"),
      { ...mark(marks.code, "Code", "Code: in an even-width font", "Mod-e", "code"), hint: "letters as typed" },
      inText(form("link", "Link", "Mod-k")),
    ],
    [heading(2), heading(3), heading(4)],
    [
      list(nodes.bullet_list, "List", "List", "Shift-Mod-8"),
      list(nodes.ordered_list, "1. 2. 3.", "Numbered list", "Shift-Mod-7"),
      quote,
    ],
    [
      {
        label: "Insert",
        menu: [
          form("figure", "Picture"),
          form("chart", "Chart"),
          form("recording", "Video or audio"),
          { ...form("callout", "Callout"), hint: "a box for a caution, a tip, a point to keep" },
          { ...form("claim", "Claim examined"), hint: "what is said, and how well it is supported" },
          {
            label: "Table",
            run: (view) => {
              replaceBlock(view, null, [newTable()]);
              view.focus();
            },
            isEnabled: (state) => !isInTable(state),
          },
          {
            label: "Line across",
            run: (view) => {
              replaceBlock(view, null, [nodes.horizontal_rule.create()]);
              view.focus();
            },
            isEnabled: () => true,
          },
          inText(form("citation", "Reference with grade")),
          inText(form("term", "Glossary term")),
          inText(form("handout", "Handout")),
          inText(form("footnote", "Footnote")),
          inText(form("foreign", "Word in another language")),
        ],
      },
      {
        label: "Table",
        isShown: isInTable,
        menu: [
          table("Row above", addRowBefore),
          table("Row below", addRowAfter),
          table("Column before", addColumnBefore),
          table("Column after", addColumnAfter),
          table("Delete the row", deleteRow),
          table("Delete the column", deleteColumn),
          table("Delete the table", deleteTable),
        ],
      },
      {
        label: "Change",
        name: "Change what is selected: a link, a reference, a figure",
        run: (view) => forms.current(view.state)?.(view),
        isEnabled: (state) => Boolean(forms.current(state)),
      },
    ],
  ];
}

export function titleOf({ name, label, key }) {
  const words = name ?? label;
  return key ? `${words} (${keyName(key)})` : words;
}
