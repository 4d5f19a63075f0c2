// The visual lesson editor. A textarea with Markdown stays the field of the form; this module lays
// the page as it looks over it and writes every change back. Without it one edits the Markdown.
//
//   <textarea name="body" data-lesson-editor="lesson-parts" data-upload-url="…">…</textarea>
//   {{ parts|json_script:"lesson-parts" }}
//
// where `parts` is { figures, charts, recordings, handouts, glossary, references }, lists of
// { slug, title | term | text, url?, alt?, number? }. Scripts may call mountEditor themselves.

import {
  dropCursor, EditorState, EditorView, gapCursor, history, Selection, tableEditing,
} from "../../vendor/prosemirror/prosemirror.js";
import { citationView, footnoteMarkView } from "./chips.js";
import { lostFootnotes } from "./footnotes.js";
import { Forms } from "./forms.js";
import { islandViews } from "./islands.js";
import { keyPlugins, typingRules } from "./keys.js";
import { Lesson } from "./lesson.js";
import { Parts } from "./parts.js";
import { pastePlugin } from "./paste.js";
import { Pictures } from "./pictures.js";
import { tableShape } from "./tables.js";
import { Toolbar } from "./toolbar.js";
import { toolGroups } from "./tools.js";

let count = 0;

function labelOf(textarea) {
  return textarea.getAttribute("aria-label") ?? textarea.labels?.[0]?.textContent.trim() ?? "Text of the lesson";
}

class LessonEditor {
  constructor({ textarea, onChange, uploadPicture, ...lists }) {
    count += 1;
    this.textarea = textarea;
    this.onChange = onChange;
    this.isMarkdown = false;
    // The Markdown of what the page shows while the field is open.
    this.shown = "";
    this.lesson = new Lesson();
    this.parts = new Parts(lists);
    this.pictures = new Pictures({
      parts: this.parts,
      upload: uploadPicture,
      say: (sentence) => this.say(sentence),
    });
    this.forms = new Forms({ parts: this.parts, lesson: this.lesson });
    this.id = `studio-editor-${count}`;
    this.build();
    this.view = new EditorView(this.page, {
      state: this.stateOf(textarea.value),
      attributes: {
        id: this.id,
        class: "prose studio-text",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": labelOf(textarea),
        "aria-describedby": `${this.id}-help`,
      },
      nodeViews: {
        ...islandViews(this),
        citation: citationView(this),
        footnote_mark: footnoteMarkView(this),
      },
      dispatchTransaction: (tr) => this.dispatch(tr),
    });
    this.toolbar.view = this.view;
    this.toolbar.update(this.view.state);
    this.onTyping = () => this.onChange?.(textarea.value);
    textarea.addEventListener("input", this.onTyping);
    this.onReset = () => setTimeout(() => this.setMarkdown(textarea.value));
    textarea.form?.addEventListener("reset", this.onReset);
    this.onLabel = () => {
      if (!this.isMarkdown) this.view.focus();
    };
    for (const label of textarea.labels ?? []) label.addEventListener("click", this.onLabel);
    // Who began to type in the field, before this script came, goes on without losing a letter.
    const isTyping = document.activeElement === textarea;
    textarea.hidden = true;
    if (isTyping) {
      const { tr } = this.view.state;
      this.dispatch(tr.setSelection(Selection.atEnd(tr.doc)));
      this.view.focus();
    }
    // A browser that finds a hidden field empty stops the form without a word; the server has words.
    this.isRequired = textarea.required;
    textarea.required = false;
  }

  build() {
    const make = (className) => {
      const made = document.createElement("div");
      made.className = className;
      return made;
    };
    this.dom = make("studio-editor");
    this.page = make("studio-page");
    this.toolbar = new Toolbar({
      groups: toolGroups({ forms: this.forms }),
      controls: this.id,
      onMode: () => this.switchMode(),
    });
    this.status = make("studio-status");
    this.status.setAttribute("role", "status");
    this.help = document.createElement("p");
    this.help.id = `${this.id}-help`;
    this.help.className = "visually-hidden";
    this.help.textContent =
      "Alt and F10 lead to the toolbar. Escape, then Tab, leads out of the text. Enter opens what is selected.";
    this.dom.append(this.toolbar.dom, this.page, this.status, this.help);
    this.textarea.before(this.dom);
  }

  stateOf(text) {
    return EditorState.create({
      doc: this.lesson.open(text),
      plugins: [
        typingRules(),
        ...keyPlugins({ forms: this.forms, toToolbar: () => this.toolbar.focus() }),
        history(),
        dropCursor({ color: false, class: "studio-drop" }),
        gapCursor(),
        tableEditing(),
        tableShape(),
        lostFootnotes(),
        pastePlugin({ pictures: this.pictures, say: (sentence) => this.say(sentence) }),
      ],
    });
  }

  dispatch(tr) {
    const before = this.view.state;
    this.view.updateState(before.apply(tr));
    this.toolbar.update(this.view.state);
    if (!before.doc.eq(this.view.state.doc)) this.mirror();
  }

  // The field of the form always holds what would be saved.
  mirror() {
    const text = this.lesson.write(this.view.state.doc);
    if (text === this.textarea.value) return;
    this.textarea.value = text;
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  say(sentence) {
    this.status.textContent = sentence;
  }

  // ------------------------------------------------------------------ for the page

  get mode() {
    return this.isMarkdown ? "markdown" : "visual";
  }

  markdown() {
    return this.textarea.value;
  }

  setMarkdown(text) {
    if (this.textarea.value !== text) this.textarea.value = text;
    if (!this.isMarkdown) this.view.updateState(this.stateOf(text));
    this.toolbar.update(this.view.state);
  }

  switchMode() {
    this.isMarkdown = !this.isMarkdown;
    if (this.isMarkdown) {
      this.shown = this.textarea.value;
    } else if (this.textarea.value !== this.shown) {
      this.reopen();
    }
    this.textarea.hidden = !this.isMarkdown;
    this.page.hidden = this.isMarkdown;
    this.toolbar.showMode(this.isMarkdown);
    this.toolbar.update(this.view.state);
    this.focus();
  }

  // What was changed in Markdown is one step that can be undone.
  reopen() {
    const { state } = this.view;
    const doc = this.lesson.open(this.textarea.value);
    this.view.updateState(state.apply(state.tr.replaceWith(0, state.doc.content.size, doc.content)));
  }

  focus() {
    if (this.isMarkdown) this.textarea.focus();
    else this.view.focus();
  }

  destroy() {
    this.textarea.removeEventListener("input", this.onTyping);
    this.textarea.form?.removeEventListener("reset", this.onReset);
    for (const label of this.textarea.labels ?? []) label.removeEventListener("click", this.onLabel);
    this.toolbar.destroy();
    this.view.destroy();
    this.dom.remove();
    this.textarea.hidden = false;
    this.textarea.required = this.isRequired;
  }
}

export function mountEditor(options) {
  const editor = new LessonEditor(options);
  return {
    markdown: () => editor.markdown(),
    setMarkdown: (text) => editor.setMarkdown(text),
    focus: () => editor.focus(),
    destroy: () => editor.destroy(),
    get mode() {
      return editor.mode;
    },
  };
}

// ---------------------------------------------------------------- fields that mount themselves

// Answers { slug, url }; a refusal brings its sentence.
function uploader(textarea) {
  const url = textarea.dataset.uploadUrl;
  if (!url) return undefined;
  return async (file) => {
    const data = new FormData();
    data.append("picture", file, file.name);
    const token = textarea.form?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const response = await fetch(url, {
      method: "POST",
      body: data,
      credentials: "same-origin",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    const told = isJson ? await response.json() : {};
    if (!response.ok || !told.slug) throw told;
    return told;
  };
}

for (const textarea of document.querySelectorAll("textarea[data-lesson-editor]")) {
  const parts = document.getElementById(textarea.dataset.lessonEditor);
  mountEditor({
    textarea,
    ...(parts ? JSON.parse(parts.textContent) : {}),
    uploadPicture: uploader(textarea),
  });
}
