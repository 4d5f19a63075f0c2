// What static/js/editor/ takes from the packages; `make vendor-editor` bundles it into one file.

export { default as MarkdownIt } from "markdown-it";
export { default as markdownContainer } from "markdown-it-container";
export { default as markdownFootnote } from "markdown-it-footnote";
export {
  baseKeymap, chainCommands, createParagraphNear, exitCode, joinBackward, joinTextblockBackward,
  lift, liftEmptyBlock, selectNodeBackward, selectParentNode, setBlockType, splitBlock, toggleMark,
  wrapIn,
} from "prosemirror-commands";
export { dropCursor } from "prosemirror-dropcursor";
export { gapCursor } from "prosemirror-gapcursor";
export { history, redo, redoDepth, undo, undoDepth } from "prosemirror-history";
export {
  InputRule, inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule,
} from "prosemirror-inputrules";
export { keymap } from "prosemirror-keymap";
export { DOMParser, DOMSerializer, Fragment, Node, Schema, Slice } from "prosemirror-model";
export {
  liftListItem, sinkListItem, splitListItem, wrapInList,
} from "prosemirror-schema-list";
export {
  AllSelection, EditorState, NodeSelection, Plugin, PluginKey, Selection, TextSelection,
} from "prosemirror-state";
export {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable,
  goToNextCell, isInTable, selectedRect, tableEditing, TableMap, tableNodes,
} from "prosemirror-tables";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
