// The forms behind chips, marks and blocks: each asks, then changes the document.

import { ask, needed } from "./dialogs.js";
import {
  CALLOUTS, CLAIM, GRADES, HANDOUT, LANGUAGE, readChart, readCitation, readClaim, readRecording,
  writeCitation, writeClaim,
} from "./grammar.js";
import { markAround, replaceBlock, setMark, unsetMark } from "./changes.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const SAFE_ADDRESS = /^(https:\/\/|mailto:|#)/;

export class Forms {
  constructor({ parts, lesson }) {
    this.parts = parts;
    this.lesson = lesson;
  }

  // ------------------------------------------------------------------ marks

  async mark(view, type, fields, { title, attrs, normalize = (values) => values, words }) {
    const { state } = view;
    const around = markAround(state, type);
    const isNew = state.selection.empty && !around;
    const shown = { name: "words", label: "Words", check: needed("Write the words that are shown."), ...words };
    const answer = await ask({
      title,
      fields: [...(isNew ? [shown] : []), ...fields(around?.mark.attrs ?? {})],
      save: around ? "Save" : "Insert",
      remove: around ? "Remove, keep the words" : "",
    });
    if (answer?.action === "save") {
      const values = normalize(answer.values);
      setMark(view, type.create(attrs(values)), { around, words: isNew ? values.words : "" });
    } else if (answer) {
      unsetMark(view, type, around);
    }
    view.focus();
  }

  link(view) {
    if (handoutAt(view.state)) return this.handout(view);
    return this.mark(
      view,
      marks.link,
      ({ href = "" }) => [
        {
          name: "href",
          label: "Address",
          value: href,
          hint: "A web address, or mailto: with an e-mail address.",
          check: (value) =>
            SAFE_ADDRESS.test(withScheme(value)) ? "" : "The address begins with https:// or mailto:.",
        },
      ],
      {
        title: "Link",
        attrs: ({ href }) => ({ href }),
        normalize: (values) => ({ ...values, href: withScheme(values.href) }),
      },
    );
  }

  term(view) {
    return this.mark(
      view,
      marks.term,
      ({ slug = "" }) => [
        {
          name: "slug",
          label: "Glossary term",
          type: "select",
          value: slug,
          options: this.parts.glossary.options(slug),
          hint: "The definition opens where the word stands.",
          check: needed("The glossary of this course is empty. Add the term there first."),
        },
      ],
      { title: "Glossary term", attrs: ({ slug }) => ({ slug }) },
    );
  }

  // A link whose address names a handout. The words may be left to its title.
  handout(view) {
    const { handouts } = this.parts;
    return this.mark(
      view,
      marks.link,
      ({ href = "" }) => {
        const slug = href.startsWith(HANDOUT) ? href.slice(HANDOUT.length) : "";
        return [
          {
            name: "slug",
            label: "Handout of this course",
            type: "select",
            value: slug,
            options: handouts.options(slug),
            check: needed("This course has no handouts yet. Add the file to the handouts first."),
          },
        ];
      },
      {
        title: "Handout",
        words: { hint: "Left empty, the title of the handout is shown.", check: undefined },
        normalize: (values) => ({ ...values, words: values.words || handouts.name(values.slug) }),
        attrs: ({ slug }) => ({ href: HANDOUT + slug }),
      },
    );
  }

  foreign(view) {
    return this.mark(
      view,
      marks.lang,
      ({ lang = "zh-Latn" }) => [
        {
          name: "lang",
          label: "Language",
          value: lang,
          hint: "A language code: zh-Latn is Chinese in Latin letters (pinyin), ja Japanese, la Latin.",
          check: (value) => (LANGUAGE.test(value) ? "" : "Write a language code, like zh-Latn or la."),
        },
      ],
      { title: "Word in another language", attrs: ({ lang }) => ({ lang }) },
    );
  }

  // ------------------------------------------------------------------ chips

  async citation(view, pos = null) {
    const node = pos === null ? null : view.state.doc.nodeAt(pos);
    const { grade, references } = node ? readCitation(node.attrs.source) : { grade: "", references: [] };
    const grades = [{ value: "", label: "No grade, only the reference" }];
    for (const each of GRADES) grades.push({ value: each, label: sentenceCase(each) });
    if (grade && !GRADES.includes(grade)) grades.push({ value: grade, label: `${grade} (not a grade)` });
    const answer = await ask({
      title: node ? "Reference" : "Insert a reference",
      fields: [
        {
          name: "grade",
          label: "How well is the sentence before it supported?",
          type: "select",
          value: grade,
          options: grades,
        },
        {
          name: "references",
          label: "References",
          type: "checks",
          value: references,
          options: this.parts.references.options(...references),
          check: needed("Choose at least one reference."),
        },
      ],
      save: node ? "Save" : "Insert",
      remove: node ? "Remove" : "",
    });
    if (answer?.action === "save") {
      const { values } = answer;
      // Those already there stay in their order.
      const kept = references.filter((slug) => values.references.includes(slug));
      const added = values.references.filter((slug) => !kept.includes(slug));
      const source = writeCitation({ grade: values.grade, references: [...kept, ...added] });
      putInline(view, nodes.citation.create({ source }), pos);
    } else if (answer) {
      view.dispatch(view.state.tr.delete(pos, pos + 1));
    }
    view.focus();
  }

  async footnote(view, pos = null) {
    const { doc } = view.state;
    const mark = pos === null ? null : doc.nodeAt(pos);
    const label = mark?.attrs.label ?? freeLabel(doc);
    const at = mark ? footnoteAt(doc, label) : null;
    const written = at === null ? "" : this.lesson.writeFootnote(doc.nodeAt(at));
    const answer = await ask({
      title: mark ? `Footnote ${label}` : "Insert a footnote",
      fields: [
        {
          name: "text",
          label: "Text of the footnote",
          type: "area",
          value: written,
          check: needed("Write the footnote."),
        },
      ],
      save: mark ? "Save" : "Insert",
      remove: mark ? "Remove" : "",
    });
    if (answer?.action === "save") {
      const { text } = answer.values;
      let { tr } = view.state;
      if (!mark) tr = tr.replaceSelectionWith(nodes.footnote_mark.create({ label }));
      // Text that did not change keeps its place and its source.
      if (at === null || text !== written) {
        const footnote = nodes.footnote.create({ label }, this.lesson.readFootnote(text));
        const place = at === null ? tr.doc.content.size : tr.mapping.map(at);
        const end = at === null ? place : place + tr.doc.nodeAt(place).nodeSize;
        tr = tr.replaceWith(place, end, footnote);
      }
      view.dispatch(tr.scrollIntoView());
    } else if (answer) {
      this.removeFootnote(view, pos, label);
    }
    view.focus();
  }

  // The text goes with its last mark.
  removeFootnote(view, pos, label) {
    const { tr } = view.state;
    tr.delete(pos, pos + 1);
    let isUsed = false;
    tr.doc.descendants((node) => {
      if (node.type === nodes.footnote_mark && node.attrs.label === label) isUsed = true;
    });
    const at = footnoteAt(tr.doc, label);
    if (!isUsed && at !== null) tr.delete(at, at + tr.doc.nodeAt(at).nodeSize);
    view.dispatch(tr);
  }

  // ------------------------------------------------------------------ blocks

  async figure(view, pos = null) {
    const node = pos === null ? null : view.state.doc.nodeAt(pos);
    const slug = node?.attrs.slug ?? "";
    const answer = await ask({
      title: node ? "Picture" : "Insert a picture",
      fields: [
        {
          name: "slug",
          label: "Picture of this course",
          type: "select",
          value: slug,
          options: this.parts.figures.options(slug),
          check: needed("This course has no pictures yet. Paste one into the text, or add it under Pictures."),
        },
      ],
      save: node ? "Save" : "Insert",
      remove: node ? "Remove from the lesson" : "",
    });
    if (answer?.action === "save") {
      const made = nodes.figure.create({ ...(node?.attrs ?? {}), slug: answer.values.slug });
      replaceBlock(view, pos, [made]);
    } else if (answer) {
      replaceBlock(view, pos, []);
    }
    view.focus();
  }

  async chart(view, pos = null) {
    const node = pos === null ? null : view.state.doc.nodeAt(pos);
    const { slug, options } = readChart(node?.attrs.head ?? "");
    const answer = await ask({
      title: node ? "Chart" : "Insert a chart",
      fields: [
        {
          name: "slug",
          label: "Chart of this course",
          type: "select",
          value: slug,
          options: this.parts.charts.options(slug),
          check: needed("This course has no charts yet."),
        },
      ],
      save: node ? "Save" : "Insert",
      remove: node ? "Remove from the lesson" : "",
    });
    if (answer?.action === "save") {
      // Layers and views belong to one chart; another has others.
      const isSame = answer.values.slug === slug;
      const head = isSame && options ? `${slug} ${options}` : answer.values.slug;
      const content = node?.content ?? nodes.paragraph.create();
      replaceBlock(view, pos, [nodes.chart.create({ head }, content)]);
    } else if (answer) {
      replaceBlock(view, pos, []);
    }
    view.focus();
  }

  async recording(view, pos = null) {
    const node = pos === null ? null : view.state.doc.nodeAt(pos);
    const { slug } = readRecording(node?.attrs.head ?? "");
    const answer = await ask({
      title: node ? "Video or audio" : "Insert video or audio",
      fields: [
        {
          name: "slug",
          label: "Recording of this course",
          type: "select",
          value: slug,
          options: this.parts.recordings.options(slug),
          check: needed("This course has no recordings yet. Send one on the page Video first."),
        },
      ],
      save: node ? "Save" : "Insert",
      remove: node ? "Remove from the lesson" : "",
    });
    if (answer?.action === "save") {
      // Choosing what is there already changes nothing.
      const head = answer.values.slug === slug && node ? node.attrs.head : answer.values.slug;
      const content = node?.content ?? nodes.paragraph.create();
      replaceBlock(view, pos, [nodes.recording.create({ head }, content)]);
    } else if (answer) {
      replaceBlock(view, pos, []);
    }
    view.focus();
  }

  async claim(view, pos = null) {
    const node = pos === null ? null : view.state.doc.nodeAt(pos);
    const { id, verdict, references } = node
      ? readClaim(node.attrs.head)
      : { id: "", verdict: "unsupported", references: [] };
    const verdicts = GRADES.map((each) => ({ value: each, label: sentenceCase(each) }));
    const answer = await ask({
      title: node ? "Claim examined" : "Insert a claim examined",
      fields: [
        {
          name: "id",
          label: "Number of the claim",
          value: id,
          hint: "C and two or three digits, like C05.",
          check: (value) => (CLAIM.test(value) ? "" : "The number is C and two or three digits, like C05."),
        },
        { name: "verdict", label: "Verdict", type: "select", value: verdict, options: verdicts },
        {
          name: "references",
          label: "References",
          type: "checks",
          value: references,
          options: this.parts.references.options(...references),
          check: needed("Choose at least one reference."),
        },
      ],
      save: node ? "Save" : "Insert",
    });
    if (answer) {
      const kept = references.filter((slug) => answer.values.references.includes(slug));
      const added = answer.values.references.filter((slug) => !kept.includes(slug));
      const head = writeClaim({ ...answer.values, references: [...kept, ...added] });
      if (node) view.dispatch(view.state.tr.setNodeAttribute(pos, "head", head));
      else replaceBlock(view, null, [nodes.claim.create({ head }, nodes.paragraph.create())]);
    }
    view.focus();
  }

  async callout(view) {
    const kinds = Object.entries(CALLOUTS).map(([value, label]) => ({ value, label }));
    const answer = await ask({
      title: "Insert a callout",
      fields: [
        { name: "kind", label: "Kind", type: "select", value: "note", options: kinds },
        { name: "title", label: "Title (optional)", value: "" },
      ],
      save: "Insert",
    });
    if (answer) {
      replaceBlock(view, null, [nodes.callout.create(answer.values, nodes.paragraph.create())]);
    }
    view.focus();
  }

  async source(view, pos) {
    const node = view.state.doc.nodeAt(pos);
    const before = this.lesson.writePiece(node);
    const answer = await ask({
      title: "Edit as Markdown",
      fields: [
        { name: "text", label: "Markdown", type: "area", value: before, rows: 10, isCode: true },
      ],
      remove: "Remove from the lesson",
    });
    if (answer?.action === "save" && answer.values.text !== before) {
      const { text } = answer.values;
      // A figure, for instance, does not fit into a callout: kept as it was written.
      const asWritten = [nodes.source.create({ text: text.trimEnd() })];
      if (!replaceBlock(view, pos, this.lesson.readPiece(text))) replaceBlock(view, pos, asWritten);
    } else if (answer?.action === "remove") {
      replaceBlock(view, pos, []);
    }
    view.focus();
  }

  // ------------------------------------------------------------------ whatever is selected

  // The form for the selected chip or block, or for the mark around the cursor.
  current(state) {
    const { selection } = state;
    const byNode = {
      citation: (view) => this.citation(view, selection.from),
      footnote_mark: (view) => this.footnote(view, selection.from),
      figure: (view) => this.figure(view, selection.from),
      chart: (view) => this.chart(view, selection.from),
      recording: (view) => this.recording(view, selection.from),
      claim: (view) => this.claim(view, selection.from),
      source: (view) => this.source(view, selection.from),
    };
    if (selection.node) return byNode[selection.node.type.name] ?? null;
    if (markAround(state, marks.link)) return (view) => this.link(view);
    if (markAround(state, marks.term)) return (view) => this.term(view);
    if (markAround(state, marks.lang)) return (view) => this.foreign(view);
    return null;
  }
}

function handoutAt(state) {
  return markAround(state, marks.link)?.mark.attrs.href.startsWith(HANDOUT);
}

function withScheme(address) {
  if (/^[a-z][a-z0-9+.-]*:|^#/i.test(address)) return address.replace(/^http:/i, "https:");
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  return address && `https://${address}`;
}

function sentenceCase(words) {
  return words[0].toUpperCase() + words.slice(1);
}

function putInline(view, node, pos) {
  const { tr } = view.state;
  if (pos === null) tr.replaceSelectionWith(node);
  else tr.replaceWith(pos, pos + 1, node.mark(tr.doc.nodeAt(pos).marks));
  view.dispatch(tr.scrollIntoView());
}

function footnoteAt(doc, label) {
  let found = null;
  doc.descendants((node, pos) => {
    if (node.type === nodes.footnote && node.attrs.label === label) found ??= pos;
  });
  return found;
}

function freeLabel(doc) {
  const taken = new Set();
  doc.descendants((node) => {
    if (node.type === nodes.footnote || node.type === nodes.footnote_mark) taken.add(node.attrs.label);
  });
  let number = 1;
  while (taken.has(String(number))) number += 1;
  return String(number);
}
