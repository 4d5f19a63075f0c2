// What a lesson is made of while it is edited. What has no place here is kept as a `source` block.

import { Schema, tableNodes } from "../../vendor/prosemirror/prosemirror.js";
import { gradeClass, readCitation } from "./grammar.js";

const cells = tableNodes({
  tableGroup: "block",
  // Markdown has one line in a cell.
  cellContent: "paragraph",
  cellAttributes: {
    align: {
      default: null,
      getFromDOM: (cell) => cell.getAttribute("align"),
      setDOMAttr: (value, attrs) => {
        if (value) attrs.align = value;
      },
    },
  },
});

const attribute = { default: "", validate: "string" };

// Blocks whose attributes stand as data- attributes of one element, for copying and pasting.
function kept(tag, kind, names, spec) {
  return {
    ...spec,
    attrs: Object.fromEntries(names.map((name) => [name, attribute])),
    parseDOM: [
      {
        tag: `${tag}[data-block="${kind}"]`,
        getAttrs: (element) =>
          Object.fromEntries(names.map((name) => [name, element.getAttribute(`data-${name}`) ?? ""])),
      },
    ],
    toDOM: (node) => {
      const attrs = { "data-block": kind };
      for (const name of names) attrs[`data-${name}`] = node.attrs[name];
      return spec.content ? [tag, attrs, 0] : [tag, attrs];
    },
  };
}

export const schema = new Schema({
  nodes: {
    // What may stand inside lists and quotations is a `block`; a `section` stands outside of them.
    doc: { content: "(block | section | figure | chart | recording)+" },
    paragraph: {
      group: "block",
      content: "inline*",
      parseDOM: [{ tag: "p" }],
      toDOM: () => ["p", 0],
    },
    heading: {
      group: "block",
      content: "inline*",
      defining: true,
      attrs: { level: { default: 2, validate: "number" } },
      parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    bullet_list: {
      group: "block list",
      content: "list_item+",
      attrs: { tight: { default: true }, marker: { default: "-" } },
      parseDOM: [
        { tag: "ul", getAttrs: (list) => ({ tight: !list.hasAttribute("data-loose") }) },
      ],
      toDOM: (node) => ["ul", node.attrs.tight ? {} : { "data-loose": "" }, 0],
    },
    ordered_list: {
      group: "block list",
      content: "list_item+",
      attrs: { order: { default: 1 }, tight: { default: true }, marker: { default: "." } },
      parseDOM: [
        {
          tag: "ol",
          getAttrs: (list) => ({
            order: Math.max(0, list.start) || 1,
            tight: !list.hasAttribute("data-loose"),
          }),
        },
      ],
      toDOM: (node) => {
        const attrs = node.attrs.tight ? {} : { "data-loose": "" };
        if (node.attrs.order !== 1) attrs.start = node.attrs.order;
        return ["ol", attrs, 0];
      },
    },
    list_item: {
      content: "paragraph block*",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    blockquote: {
      group: "block",
      content: "block+",
      defining: true,
      parseDOM: [{ tag: "blockquote" }],
      toDOM: () => ["blockquote", 0],
    },
    horizontal_rule: {
      group: "block",
      parseDOM: [{ tag: "hr" }],
      toDOM: () => ["hr"],
    },
    ...cells,
    callout: kept("aside", "callout", ["kind", "title"], {
      group: "section",
      content: "(block | section)+",
      defining: true,
      isolating: true,
    }),
    claim: kept("aside", "claim", ["head"], {
      group: "section",
      content: "(block | section)+",
      defining: true,
      isolating: true,
    }),
    footnote: kept("section", "footnote", ["label"], {
      group: "section",
      content: "block+",
      defining: true,
      isolating: true,
    }),
    chart: kept("figure", "chart", ["head"], {
      content: "block+",
      defining: true,
      isolating: true,
    }),
    recording: kept("figure", "recording", ["head"], {
      content: "block+",
      defining: true,
      isolating: true,
    }),
    // `upload` names a picture on its way to the server; it has no slug yet.
    figure: kept("figure", "figure", ["slug", "alt", "upload"], { atom: true, draggable: true }),
    source: kept("pre", "source", ["text"], { group: "section", atom: true }),
    text: { group: "inline" },
    hard_break: {
      group: "inline",
      inline: true,
      selectable: false,
      linebreakReplacement: true,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    citation: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { source: attribute },
      leafText: (node) => node.attrs.source,
      parseDOM: [
        { tag: "span[data-citation]", getAttrs: (span) => ({ source: span.dataset.citation }) },
      ],
      toDOM: (node) => {
        const { grade } = readCitation(node.attrs.source);
        return [
          "span",
          {
            class: grade ? `chip grade grade-${gradeClass(grade)}` : "chip",
            "data-citation": node.attrs.source,
          },
          node.attrs.source,
        ];
      },
    },
    footnote_mark: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { label: attribute },
      leafText: (node) => `[^${node.attrs.label}]`,
      parseDOM: [
        { tag: "sup[data-footnote]", getAttrs: (sup) => ({ label: sup.dataset.footnote }) },
      ],
      toDOM: (node) => [
        "sup",
        { class: "chip footnote-ref", "data-footnote": node.attrs.label },
        node.attrs.label,
      ],
    },
  },
  // Outermost first.
  marks: {
    link: {
      attrs: { href: attribute, title: attribute },
      inclusive: false,
      excludes: "link term",
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (link) => ({ href: link.getAttribute("href"), title: link.title }),
        },
      ],
      toDOM: (mark) => {
        const { href, title } = mark.attrs;
        return ["a", title ? { href, title } : { href }, 0];
      },
    },
    term: {
      attrs: { slug: attribute },
      inclusive: false,
      excludes: "term link",
      parseDOM: [{ tag: "span[data-term]", getAttrs: (span) => ({ slug: span.dataset.term }) }],
      toDOM: (mark) => ["span", { class: "term-word", "data-term": mark.attrs.slug }, 0],
    },
    lang: {
      attrs: { lang: attribute },
      inclusive: false,
      parseDOM: [
        { tag: "span[data-lang]", getAttrs: (span) => ({ lang: span.getAttribute("lang") ?? "" }) },
      ],
      toDOM: (mark) => [
        "span",
        { class: "foreign", "data-lang": "", lang: mark.attrs.lang, title: mark.attrs.lang },
        0,
      ],
    },
    strong: {
      parseDOM: [{ tag: "strong" }, { tag: "b" }],
      toDOM: () => ["strong", 0],
    },
    em: {
      parseDOM: [{ tag: "em" }, { tag: "i" }],
      toDOM: () => ["em", 0],
    },
    code: {
      parseDOM: [{ tag: "code" }],
      toDOM: () => ["code", 0],
    },
  },
});
