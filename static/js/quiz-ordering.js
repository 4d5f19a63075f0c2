// Putting items in order: by dragging, by pressing an item and then its place, by the arrow keys
// and by the buttons. All of them fill the selects of the form; without this script these stand
// alone.

import { Dragging, voiceIn, wordsOf } from "./quiz-dragging.js";

class Ordering {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".order-items");
    this.say = voiceIn(root);
    this.picked = null;
    for (const row of this.rows) this.addGrip(row);
    this.dragging = new Dragging(this.list, {
      find: (target, pointer) => this.mayDrag(target, pointer),
      places: () => this.rows,
      over: (place, dragged) => this.showPlace(place, dragged),
      drop: (place, dragged) => this.moveTo(dragged, this.rows.indexOf(place)),
    });
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("change", (event) => this.choose(event.target));
    root.closest("[data-question]")?.addEventListener("quiz:filled", () => this.arrange());
    this.arrange();
  }

  get rows() {
    return [...this.list.children];
  }

  get isAsleep() {
    return this.root.closest("fieldset")?.disabled;
  }

  select(row) {
    return row.querySelector("select");
  }

  name(row) {
    return wordsOf(row.querySelector(".order-text"));
  }

  addGrip(row) {
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "order-grip";
    grip.setAttribute("aria-pressed", "false");
    grip.setAttribute("aria-label", `Move ${this.name(row)}`);
    row.querySelector("[data-grip]").replaceWith(grip);
  }

  // ---- fields

  // The rows stand in the order of the fields; while a place is missing they stay as they are.
  arrange() {
    const rows = this.rows;
    const places = rows.map((row) => Number(this.select(row).value));
    const isWhole = new Set(places).size === rows.length && !places.includes(0);
    if (isWhole) {
      const sorted = [...rows].sort((one, other) => this.select(one).value - this.select(other).value);
      if (sorted.some((row, index) => row !== rows[index])) this.list.append(...sorted);
    }
    this.showEnd(isWhole);
    this.pick(null);
  }

  showEnd(isPlaced) {
    this.root.querySelector('[value="keep"]').hidden = isPlaced;
    this.root.querySelector('[value="clear"]').hidden = !isPlaced;
  }

  number() {
    this.rows.forEach((row, index) => { this.select(row).value = String(index + 1); });
    this.showEnd(true);
  }

  changed() {
    this.isTelling = true;
    this.select(this.rows[0]).dispatchEvent(new Event("change", { bubbles: true }));
    this.isTelling = false;
  }

  put(row, index) {
    const focused = document.activeElement;
    const others = this.rows.filter((each) => each !== row);
    const after = others[index] ?? null;
    if (row.nextElementSibling !== after) this.list.insertBefore(row, after);
    // What is taken out of the page for a moment loses the focus.
    if (row.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.number();
    this.pick(null);
    this.say(`${this.name(row)} moved to place ${index + 1} of ${this.rows.length}.`);
  }

  moveTo(row, index) {
    if (this.isAsleep || index < 0 || index >= this.rows.length) return;
    this.put(row, index);
    this.changed();
  }

  // Somebody chose a place from the list of a row: the others make room.
  choose(select) {
    const row = select.closest("[data-item]");
    if (!row || this.isTelling) return;
    if (select.value) this.put(row, Number(select.value) - 1);
    else this.empty();
  }

  empty() {
    for (const row of this.rows) this.select(row).value = "";
    this.showEnd(false);
    this.pick(null);
    this.say("The order is cleared. This question has no answer now.");
  }

  // ---- pressing

  click(event) {
    if (this.isAsleep) return;
    const button = event.target.closest("button");
    const row = event.target.closest("[data-item]");
    if (button?.value) {
      event.preventDefault();
      this.step(button.value.split("-")[0], row, button);
    } else if (row && !event.target.closest("select, a, summary")) {
      if (!this.picked) this.pick(row);
      else if (this.picked === row) this.pick(null);
      else this.moveTo(this.picked, this.rows.indexOf(row));
    }
  }

  step(step, row, button) {
    if (step === "clear") {
      this.empty();
      this.changed();
      this.root.querySelector('[value="keep"]').focus();
    } else if (step === "keep") {
      this.number();
      this.changed();
      this.say("The order is kept as it stands.");
      this.root.querySelector('[value="clear"]').focus();
    } else {
      const index = this.rows.indexOf(row) + (step === "up" ? -1 : 1);
      this.moveTo(row, Math.min(Math.max(index, 0), this.rows.length - 1));
      button.focus();
    }
  }

  pick(row) {
    if (this.picked) this.mark(this.picked, false);
    this.picked = row;
    this.root.classList.toggle("has-picked", Boolean(row));
    if (!row) return;
    this.mark(row, true);
    this.say(`${this.name(row)} picked up, place ${this.rows.indexOf(row) + 1} of ${this.rows.length}. Choose its place.`);
  }

  mark(row, isPicked) {
    row.classList.toggle("is-picked", isPicked);
    row.querySelector(".order-grip").setAttribute("aria-pressed", String(isPicked));
  }

  key(event) {
    if (event.key === "Escape" && this.picked) {
      this.pick(null);
      this.say("Put back.");
    }
    const grip = event.target.closest(".order-grip");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!grip || !step || this.isAsleep) return;
    event.preventDefault();
    const row = grip.closest("[data-item]");
    const index = this.rows.indexOf(row) + step;
    if (index >= 0 && index < this.rows.length) this.moveTo(row, index);
    else this.say(`${this.name(row)} is ${step < 0 ? "first" : "last"} already.`);
  }

  // ---- dragging

  mayDrag(target, pointer) {
    if (this.isAsleep || target.closest("select, a, summary, .order-tools")) return null;
    // A finger on the words scrolls the page; on the grip it drags.
    if (pointer !== "mouse" && !target.closest(".order-grip")) return null;
    return target.closest("[data-item]");
  }

  showPlace(place, dragged) {
    const rows = this.rows;
    const isDown = place && rows.indexOf(place) > rows.indexOf(dragged);
    for (const row of rows) {
      row.classList.toggle("is-before", row === place && !isDown);
      row.classList.toggle("is-after", row === place && isDown);
    }
  }
}

for (const root of document.querySelectorAll("[data-quiz] [data-ordering]")) new Ordering(root);
