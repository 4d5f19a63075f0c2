// Lists of a form: rows are added one by one, and nothing that is typed is lost. Without this
// script the page shows a few empty rows at the end, and saving brings more.

class Rows {
  constructor(list) {
    this.list = list;
    this.blank = list.querySelector("template");
    this.total = list.querySelector(`[name="${list.dataset.rows}-TOTAL_FORMS"]`);
    this.button = list.querySelector("[data-rows-add]");
    this.voice = list.querySelector("[data-rows-voice]");
    this.most = Number(list.dataset.rowsMost);
    // A browser that comes back to the page may have filled the spare rows again.
    for (const row of list.querySelectorAll("[data-row=spare]")) {
      if (![...row.querySelectorAll("input, select, textarea")].some(isTouched)) row.remove();
    }
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.add());
    this.count();
  }

  get rows() {
    return this.list.querySelectorAll(":scope > [data-row]");
  }

  add() {
    const number = this.next;
    const row = this.blank.content.firstElementChild.cloneNode(true);
    for (const each of row.querySelectorAll("*")) {
      for (const name of ["id", "for", "name", "aria-describedby"]) {
        const value = each.getAttribute(name);
        if (value) each.setAttribute(name, value.replaceAll("__prefix__", number));
      }
    }
    const label = `${this.list.dataset.rowsWord} ${this.rows.length + 1}`;
    row.setAttribute("aria-label", label);
    this.blank.before(row);
    this.count();
    row.querySelector("input:not([type=hidden])").focus();
    this.voice.textContent = `${label} added.`;
  }

  // The server reads the numbers from 0 up to the total; a number that is left out is an empty row.
  count() {
    const numbers = [...this.rows].map((row) =>
      Number(row.querySelector("[name]").name.slice(this.list.dataset.rows.length + 1).split("-")[0]),
    );
    this.next = Math.max(-1, ...numbers) + 1;
    this.total.value = this.next;
    this.button.disabled = this.next >= this.most;
  }
}

function isTouched(field) {
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  return field.value !== field.defaultValue;
}

for (const list of document.querySelectorAll("[data-rows]")) new Rows(list);
