// Matching terms and answers: by dragging an answer to its term, or by pressing a term and an
// answer, whichever comes first. Both choose from the select of the term, which stands there
// anyway.

import { Dragging, voiceIn, wordsOf } from "./quiz-dragging.js";

class Matching {
  constructor(root) {
    this.root = root;
    this.say = voiceIn(root);
    this.terms = [...root.querySelectorAll("[data-term]")];
    this.answers = [...root.querySelectorAll("[data-answer]")];
    this.canReuse = "reuse" in root.dataset;
    this.picked = null;
    for (const each of this.terms) this.addButton(each, `Choose an answer for ${this.name(each)}`);
    for (const each of this.answers) this.addButton(each, `Answer ${this.letter(each)}, ${this.name(each)}`);
    new Dragging(root, {
      find: (target, pointer) => this.mayDrag(target, pointer),
      places: () => this.terms,
      over: (place) => {
        for (const term of this.terms) term.classList.toggle("is-over", term === place);
      },
      drop: (place, dragged) => this.match(place, dragged),
    });
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.pick(null);
    });
    root.addEventListener("change", (event) => this.choose(event.target));
    root.closest("[data-question]")?.addEventListener("quiz:filled", () => this.show());
    this.show();
  }

  get isAsleep() {
    return this.root.closest("fieldset")?.disabled;
  }

  select(term) {
    return term.querySelector("select");
  }

  name(each) {
    return wordsOf(each.querySelector(".match-text"));
  }

  letter(answer) {
    return wordsOf(answer.querySelector(".match-mark"));
  }

  addButton(each, label) {
    const mark = each.querySelector("[data-mark]");
    const button = document.createElement("button");
    button.type = "button";
    button.className = mark.className;
    button.textContent = mark.textContent;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", label);
    mark.replaceWith(button);
  }

  // ---- fields

  match(term, answer) {
    if (this.isAsleep) return;
    const select = this.select(term);
    select.value = answer.dataset.answer;
    // Through the change like a choice by hand: the other terms make room, the page saves.
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The listener of the page stands further out, so it reads what is set here.
  choose(select) {
    const term = select.closest("[data-term]");
    if (!term) return;
    if (!this.canReuse && select.value) {
      for (const other of this.terms) {
        if (other !== term && this.select(other).value === select.value) this.select(other).value = "";
      }
    }
    this.pick(null);
    this.show();
    const answer = this.answers.find((each) => each.dataset.answer === select.value);
    this.say(
      answer
        ? `${this.name(term)}: answer ${this.letter(answer)}, ${this.name(answer)}.`
        : `${this.name(term)}: no answer.`,
    );
  }

  show() {
    const used = new Set(this.terms.map((term) => this.select(term).value));
    for (const answer of this.answers) answer.classList.toggle("is-used", used.has(answer.dataset.answer));
    for (const term of this.terms) term.classList.toggle("is-matched", this.select(term).value !== "");
  }

  // ---- pressing

  click(event) {
    const each = event.target.closest("[data-term], [data-answer]");
    if (!each || this.isAsleep || event.target.closest("select, a, summary")) return;
    const isTerm = this.terms.includes(each);
    if (this.picked === each) this.pick(null);
    else if (this.picked && this.terms.includes(this.picked) !== isTerm) {
      this.match(isTerm ? each : this.picked, isTerm ? this.picked : each);
    } else this.pick(each);
  }

  pick(each) {
    if (this.picked) this.mark(this.picked, false);
    this.picked = each;
    const isTerm = this.terms.includes(each);
    this.root.classList.toggle("picks-answer", Boolean(each) && isTerm);
    this.root.classList.toggle("picks-term", Boolean(each) && !isTerm);
    if (!each) return;
    this.mark(each, true);
    this.say(`${this.name(each)} picked up. Choose ${isTerm ? "its answer" : "the term it belongs to"}.`);
  }

  mark(each, isPicked) {
    each.classList.toggle("is-picked", isPicked);
    each.querySelector(".match-mark").setAttribute("aria-pressed", String(isPicked));
  }

  mayDrag(target, pointer) {
    const answer = target.closest("[data-answer]");
    if (!answer || this.isAsleep || target.closest("a, summary")) return null;
    // A finger on the words scrolls the page; on the letter it drags.
    return pointer === "mouse" || target.closest(".match-mark") ? answer : null;
  }
}

for (const root of document.querySelectorAll("[data-quiz] [data-matching]")) new Matching(root);
