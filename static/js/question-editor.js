// Writing a question: choices are added, moved and removed without asking the server, and the
// preview follows the typing. Without this script the same buttons send the form.

const form = document.querySelector("[data-question-editor]");
const WAIT = 400;

// ------------------------------------------------------------------ the rows of choices

class ChoiceRows {
  constructor(fieldset, { onChange }) {
    this.fieldset = fieldset;
    this.list = fieldset.querySelector("[data-choice-list]");
    this.voice = fieldset.querySelector("[data-choice-voice]");
    this.most = Number(fieldset.dataset.most);
    this.word = fieldset.dataset.word ?? "Choice";
    this.onChange = onChange;
    fieldset.addEventListener("click", (event) => this.press(event));
  }

  get rows() {
    return [...this.list.querySelectorAll("[data-choice-row]")];
  }

  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const row = button.closest("[data-choice-row]");
    const step = button.dataset.choiceStep;
    if ("choiceAdd" in button.dataset) this.add();
    else if (step === "remove") this.remove(row);
    else if (step) this.move(row, step, button);
    else return;
    event.preventDefault();
    this.number();
    this.onChange();
  }

  add() {
    const rows = this.rows;
    if (rows.length >= this.most) return;
    const before = rows.at(-1);
    const token = String(Math.max(...rows.map((row) => Number(this.token(row)))) + 1);
    const row = before.cloneNode(true);
    const old = this.token(before);
    this.empty(row);
    for (const each of row.querySelectorAll("[id], [for], [name], [value]")) {
      for (const name of ["id", "for", "name"]) {
        const value = each.getAttribute(name);
        if (value?.endsWith(`-${old}`)) each.setAttribute(name, `${value.slice(0, -old.length)}${token}`);
      }
      if (["row", "correct"].includes(each.name)) each.value = token;
      if (each.name === "then") each.value = each.value.replace(/:.*/, `:${token}`);
    }
    this.list.append(row);
    this.firstField(row).focus();
    this.say(`${this.word} ${rows.length + 1} added.`);
  }

  // Where writing begins.
  firstField(row) {
    return row.querySelector("textarea, input:not([type=hidden], [type=radio], [type=checkbox])");
  }

  token(row) {
    return row.querySelector("[name=row]").value;
  }

  empty(row) {
    row.classList.remove("field-has-error");
    for (const list of row.querySelectorAll(".errorlist")) list.remove();
    for (const text of row.querySelectorAll("textarea, .input-short")) {
      text.defaultValue = text.value = "";
      text.removeAttribute("aria-invalid");
      text.removeAttribute("aria-describedby");
    }
    for (const note of row.querySelectorAll("details")) note.open = false;
    const right = row.querySelector("[name=correct]");
    if (right) right.defaultChecked = right.checked = false;
    const id = row.querySelector("[data-choice-id]");
    if (id) id.value = "";
  }

  move(row, step, button) {
    const other = step === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step === "up") other.before(row);
    else other.after(row);
    this.number();
    this.say(`${this.word} moved to place ${this.rows.indexOf(row) + 1}.`);
    // At the end of the list the pressed button sleeps; the focus must not get lost with it.
    const awake = button.disabled
      ? row.querySelector(`[data-choice-step="${step === "up" ? "down" : "up"}"]`)
      : button;
    awake.focus();
  }

  remove(row) {
    const rows = this.rows;
    const place = rows.indexOf(row);
    if (rows.length === 1) {
      this.empty(row);
      this.firstField(row).focus();
      return;
    }
    const next = rows[place + 1] ?? rows[place - 1];
    row.remove();
    this.firstField(next).focus();
    this.say(`${this.word} ${place + 1} removed.`);
  }

  // Places, and which buttons have something to do.
  number() {
    const rows = this.rows;
    rows.forEach((row, index) => {
      for (const each of row.querySelectorAll("[data-choice-place]")) each.textContent = index + 1;
      row.querySelector('[data-choice-step="up"]').disabled = index === 0;
      row.querySelector('[data-choice-step="down"]').disabled = index === rows.length - 1;
    });
    const add = this.fieldset.querySelector("[data-choice-add]");
    if (add) add.disabled = rows.length >= this.most;
  }

  say(words) {
    this.voice.textContent = words;
  }
}

// ------------------------------------------------------------------ the preview

class Preview {
  constructor(editor) {
    this.editor = editor;
    this.place = document.querySelector("[data-preview]");
    this.voice = document.querySelector("[data-preview-voice]");
    this.heading = document.querySelector("#preview-title");
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT);
  }

  async now() {
    clearTimeout(this.timer);
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    try {
      const answer = await fetch(this.editor.dataset.previewUrl, {
        method: "POST",
        body: new FormData(this.editor),
        signal: request.signal,
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.place.replaceChildren(...page.body.childNodes);
      this.place.classList.remove("is-old");
      this.voice.textContent = "";
      return true;
    } catch (error) {
      // What is shown stays, but it says no more what is in the form.
      if (error.name !== "AbortError") {
        this.place.classList.add("is-old");
        this.voice.textContent = "The preview cannot be made right now.";
      }
      return false;
    }
  }

  async show() {
    const isNew = await this.now();
    if (isNew) this.voice.textContent = "The preview is up to date.";
    this.heading.tabIndex = -1;
    this.heading.focus();
  }
}

// ------------------------------------------------------------------ the page

if (form) {
  const preview = new Preview(form);
  let isChanged = Boolean(document.querySelector("#error-summary, #moved"));
  const changed = () => {
    isChanged = true;
    preview.later();
  };
  const rows = form.querySelector("[data-choice-rows]");
  if (rows) new ChoiceRows(rows, { onChange: changed });
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.querySelector("[data-preview-button]").addEventListener("click", (event) => {
    event.preventDefault();
    preview.show();
  });
  form.addEventListener("submit", () => { isChanged = false; });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  const summary = document.querySelector("#moved, #error-summary");
  if (summary) summary.focus();
}
