// A lesson as text and as document: opening it, and writing it back.

import { Fragment } from "../../vendor/prosemirror/prosemirror.js";
import { MarkdownReader } from "./markdown-in.js";
import { MarkdownWriter } from "./markdown-out.js";
import { schema } from "./schema.js";
import { Sources } from "./sources.js";

const plainWriter = new MarkdownWriter();
const plainReader = new MarkdownReader();

export class Lesson {
  constructor() {
    this.sources = new Sources();
    this.writer = new MarkdownWriter({ sources: this.sources });
    this.env = {};
  }

  open(text) {
    this.env = {};
    this.sources.startOver();
    const reader = new MarkdownReader({ sources: this.sources, isFaithful });
    const blocks = reader.read(text, this.env);
    this.sources.tail = /(?:\r\n?|\n)\s*$/.exec(text)?.[0] ?? "";
    this.blank = blocks.length === 0 ? text : "";
    if (blocks.length === 0) blocks.push(schema.nodes.paragraph.create());
    return schema.nodes.doc.createChecked(null, blocks);
  }

  write(doc) {
    return this.writer.write(doc) || this.blank;
  }

  // Blocks of a piece of Markdown, typed into a form of the editor.
  readPiece(text) {
    return new MarkdownReader({ isFaithful }).read(text, this.env);
  }

  // The text of a footnote, as a form shows it.
  readFootnote(text) {
    const { paragraph, source } = schema.nodes;
    const blocks = this.readPiece(text).filter((block) => block.type !== source);
    const fits = schema.nodes.footnote.contentMatch.matchFragment(Fragment.from(blocks))?.validEnd;
    return fits && blocks.length ? blocks : [paragraph.create(null, schema.text(text))];
  }

  writeFootnote(node) {
    return this.writer.run(node.children);
  }

  // The Markdown of one block.
  writePiece(node) {
    return this.sources.of(node)?.text ?? this.writer.block(node);
  }
}

// Whether a block, written anew, is read as the same block again. If it is not, the editor lacks a
// way to say something, and had better not touch it.
function isFaithful(node, env) {
  const again = plainReader.read(plainWriter.block(node), env);
  return again.length === 1 && again[0].eq(node);
}
