// What keys do, and what turns into a heading or a list while it is typed.

import {
  baseKeymap, chainCommands, inputRules, isInTable, keymap, liftListItem, NodeSelection, Plugin, redo,
  selectParentNode, setBlockType, sinkListItem, splitListItem, textblockTypeInputRule, toggleMark,
  undo, undoInputRule, wrapIn, wrappingInputRule, wrapInList,
} from "../../vendor/prosemirror/prosemirror.js";
import { leaveBlock, leaveFrame } from "./changes.js";
import { schema } from "./schema.js";
import { enterInTable, nextCell, previousCell } from "./tables.js";

const { nodes, marks } = schema;

export const isMac = /Mac|iP(hone|[oa]d)/.test(navigator.platform);

// `Mod-Shift-7` as it is printed on the keys.
export function keyName(key) {
  const names = isMac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" }
    : { Mod: "Ctrl", Shift: "Shift", Alt: "Alt" };
  return key
    .split("-")
    .map((part) => names[part] ?? part.toUpperCase())
    .join(isMac ? "" : "+");
}

function lineBreak(state, dispatch) {
  const { parent } = state.selection.$from;
  if (parent.type !== nodes.paragraph || isInTable(state)) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
}

// Esc, then Tab: out of the text, for people who have no mouse.
class Leaving {
  constructor() {
    this.isOn = false;
  }

  plugin() {
    return new Plugin({
      props: {
        handleKeyDown: (view, event) => {
          if (event.key === "Escape") {
            this.isOn = true;
          } else if (event.key !== "Tab" && event.key !== "Shift") {
            this.isOn = false;
          }
          return false;
        },
        handleDOMEvents: {
          blur: () => {
            this.isOn = false;
            return false;
          },
        },
      },
    });
  }

  unless(command) {
    return (state, dispatch, view) => !this.isOn && command(state, dispatch, view);
  }
}

// In a list Tab is the list's, also where nothing can be moved.
function inList(command) {
  return (state, dispatch) => {
    const { $from } = state.selection;
    const isIn = Array.from({ length: $from.depth }, (_, depth) => $from.node(depth + 1)).some(
      (node) => node.type === nodes.list_item,
    );
    return isIn && (command(state, dispatch) || true);
  };
}

export function keyPlugins({ forms, toToolbar }) {
  const leaving = new Leaving();
  const openSelected = (state, dispatch, view) => {
    if (!(state.selection instanceof NodeSelection)) return false;
    const form = forms.current(state);
    if (form && view) form(view);
    return Boolean(form);
  };
  const ask = (name) => (state, dispatch, view) => {
    if (view) forms[name](view);
    return true;
  };
  const own = {
    "Mod-z": undo,
    "Mod-y": redo,
    "Shift-Mod-z": redo,
    "Mod-b": toggleMark(marks.strong),
    "Mod-i": toggleMark(marks.em),
    "Mod-e": toggleMark(marks.code),
    "Mod-k": ask("link"),
    "Mod-Alt-0": setBlockType(nodes.paragraph),
    "Shift-Mod-7": wrapInList(nodes.ordered_list),
    "Shift-Mod-8": wrapInList(nodes.bullet_list),
    "Shift-Mod-9": wrapIn(nodes.blockquote),
    Enter: chainCommands(openSelected, enterInTable, leaveFrame, splitListItem(nodes.list_item)),
    "Shift-Enter": lineBreak,
    "Mod-Enter": leaveBlock,
    Backspace: undoInputRule,
    Tab: leaving.unless(chainCommands(nextCell, inList(sinkListItem(nodes.list_item)))),
    "Shift-Tab": leaving.unless(chainCommands(previousCell, inList(liftListItem(nodes.list_item)))),
    "Alt-ArrowUp": selectParentNode,
    "Alt-F10": () => {
      toToolbar();
      return true;
    },
  };
  for (const level of [2, 3, 4]) own[`Mod-Alt-${level}`] = setBlockType(nodes.heading, { level });
  return [leaving.plugin(), keymap(own), keymap(baseKeymap)];
}

export function typingRules() {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{2,4})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
      wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
      wrappingInputRule(
        /^(\d{1,3})\.\s$/,
        nodes.ordered_list,
        (match) => ({ order: Number(match[1]) }),
        (match, node) => node.childCount + node.attrs.order === Number(match[1]),
      ),
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    ],
  });
}
