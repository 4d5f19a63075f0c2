// Taking a quiz: every answer is sent as it is given, and kept on this device until the server
// has confirmed it. Without this script the form saves by its buttons.

import { Clock } from "./quiz-clock.js";
import { Outbox, Sender } from "./quiz-outbox.js";

const WORDS = {
  saving: "Saving…",
  saved: "Saved",
  kept: "Not sent yet – kept on this device",
  lost: "Not sent yet – please keep this page open",
};
const RETRY_AFTER = 8000;
const GRACE = 6000;

const notice = document.querySelector("[data-quiz-notice]");

function say(text, link) {
  if (!notice) return;
  if (!text) {
    notice.hidden = true;
    notice.replaceChildren();
    return;
  }
  const words = document.createElement("span");
  words.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.text;
    if (link.isNewTab) {
      anchor.target = "_blank";
      anchor.rel = "noopener";
    }
    words.append(" ", anchor);
  }
  // Said once: a message that stands there already is not announced again.
  if (notice.textContent === words.textContent && !notice.hidden) return;
  notice.replaceChildren(words);
  notice.hidden = false;
}

function sayTrouble(kind, loginUrl) {
  if (kind === "offline") {
    say("No connection right now. Your answers are kept on this device and sent as soon as it is back.");
  } else if (kind === "signed-out") {
    const next = encodeURIComponent(location.pathname);
    say("You have been signed out. Your answers are kept on this device. Sign in again, then come back to this tab; they are sent by themselves.", {
      url: `${loginUrl}?next=${next}`,
      text: "Sign in (opens a new tab)",
      isNewTab: true,
    });
  } else if (kind === "not-found") {
    say("The account that is signed in now does not have this attempt. Sign in with the account you started it with; your answers are kept on this device.");
  } else {
    say("");
  }
}

// ------------------------------------------------------------------ the questions

class QuizPage {
  constructor(form) {
    this.form = form;
    this.outbox = new Outbox(form.dataset.quiz);
    this.fieldsets = new Map(
      [...form.querySelectorAll("[data-question]")].map((each) => [
        Number(each.dataset.question),
        each,
      ]),
    );
    // Their words change while the learner works; without this script they never do.
    for (const line of form.querySelectorAll("[data-saved-line]")) line.setAttribute("role", "status");
    this.links = new Map(
      [...form.querySelectorAll("[data-question-map] a")].map((link) => [link.hash, link]),
    );
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    this.sender = new Sender({
      outbox: this.outbox,
      saveUrl: (position) => form.dataset.saveUrl.replace("/items/0/", `/items/${position}/`),
      loginUrl: form.dataset.loginUrl,
      token: () => token.value,
      setToken: (value) => (token.value = value),
      on: (position, state, told) => this.show(position, state, told),
      onTrouble: (kind) => {
        if (!this.sender.isClosed) sayTrouble(kind, form.dataset.loginUrl);
      },
    });
    const timer = document.querySelector("[data-timer]");
    if (timer) {
      this.clock = new Clock(timer, {
        beforeEnd: () => this.beforeTimeIsUp(),
        onEnd: (seconds) => this.timeIsUp(seconds),
      });
    }
    form.querySelector("[data-save-all]").hidden = true;
    form.querySelector("[data-quiz-kept]").hidden = true;
    this.restore();
    form.addEventListener("change", (event) => this.take(event.target));
    form.addEventListener("input", (event) => this.takeLater(event.target));
    form.addEventListener("submit", (event) => this.toOverview(event));
    addEventListener("online", () => this.look());
    addEventListener("focus", () => this.look());
    addEventListener("storage", () => this.catchUp());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    addEventListener("pagehide", () => this.takeTyped());
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), RETRY_AFTER);
  }

  async look() {
    if (this.outbox.positions().length) await this.sender.flush();
    await this.catchUp();
  }

  // What was kept here and is no longer: another window of this attempt has sent it, for instance
  // the one that opened after signing in. Its answers and their numbers are those of the server.
  async catchUp() {
    const behind = [...this.fieldsets].filter(
      ([position, fieldset]) =>
        fieldset.querySelector("[data-saved-line]").dataset.state === "kept" &&
        !this.outbox.get(position),
    );
    if (!behind.length || this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      const answer = await fetch(location.pathname, {
        credentials: "same-origin",
        signal: AbortSignal.timeout(15000),
      });
      if (!answer.ok || this.sender.isLogin(answer)) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = page.querySelector("[data-quiz] [name=csrfmiddlewaretoken]")?.value;
      if (token) this.sender.setToken(token);
      for (const [position, fieldset] of behind) {
        const fresh = page.getElementById(fieldset.id);
        // Practice: the other window was shown the answer, so there is nothing to fill in any more.
        if (fresh && !fresh.matches("[data-question]")) return location.reload();
        if (fresh && !this.outbox.get(position)) this.becomeLike(fieldset, fresh);
      }
      sayTrouble("");
    } catch {
      // The network is away for a moment; the next look may find it.
    } finally {
      this.isCatchingUp = false;
    }
  }

  becomeLike(fieldset, fresh) {
    this.numberInput(fieldset).value = this.numberInput(fresh).value;
    this.fill(fieldset, this.read(fresh));
    const line = fieldset.querySelector("[data-saved-line]");
    const said = fresh.querySelector("[data-saved-line]");
    line.dataset.state = said.dataset.state ?? "";
    line.textContent = said.textContent;
  }

  // Answers of an earlier visit that never reached the server go back into the form.
  restore() {
    for (const position of this.outbox.positions()) {
      const fieldset = this.fieldsets.get(position);
      const entry = this.outbox.get(position);
      if (!fieldset || !entry) {
        this.outbox.remove(position);
      } else {
        if (entry.number >= this.number(fieldset)) this.fill(fieldset, entry.fields);
        this.show(position, "kept");
      }
    }
    this.sender.flush();
  }

  number(fieldset) {
    return Number(this.numberInput(fieldset).value);
  }

  // Which stored answer the form knows.
  numberInput(fieldset) {
    return fieldset.elements.namedItem(`q${fieldset.dataset.question}-number`);
  }

  inputs(fieldset) {
    const prefix = `q${fieldset.dataset.question}-`;
    return [...fieldset.elements].filter(
      (input) =>
        input.name.startsWith(prefix) && input.name !== `${prefix}number` && input.type !== "submit",
    );
  }

  read(fieldset) {
    const fields = {};
    for (const input of this.inputs(fieldset)) {
      const name = input.name.slice(input.name.indexOf("-") + 1);
      const isTicked = !["checkbox", "radio"].includes(input.type) || input.checked;
      if (name !== "flag") fields[name] ??= [];
      if (isTicked) (fields[name] ??= []).push(input.value);
    }
    return fields;
  }

  fill(fieldset, fields) {
    for (const input of this.inputs(fieldset)) {
      const values = fields[input.name.slice(input.name.indexOf("-") + 1)] ?? [];
      if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
    }
    // What shows the same answer in another way follows; nothing is sent because of it.
    fieldset.dispatchEvent(new Event("quiz:filled", { bubbles: true }));
    this.mark(fieldset);
  }

  takeLater(input) {
    // All others tell of a change at once.
    if (input.type !== "text") return;
    clearTimeout(this.typing);
    this.typed = input;
    this.typing = setTimeout(() => this.takeTyped(), 600);
  }

  // Also what was typed a moment ago, when the page closes or time is up.
  takeTyped() {
    if (this.typed) this.take(this.typed);
  }

  take(input) {
    clearTimeout(this.typing);
    this.typed = null;
    const fieldset = input.closest("[data-question]");
    if (!fieldset || this.sender.isClosed) return;
    const position = Number(fieldset.dataset.question);
    const before = this.outbox.get(position);
    this.outbox.put(position, {
      number: before?.number ?? this.number(fieldset),
      fields: this.read(fieldset),
      sent: before?.sent ?? [],
    });
    this.mark(fieldset);
    this.show(position, "saving");
    this.sender.flush().then((isSent) => {
      // It may have been given while an earlier round was about to end.
      if (isSent && this.outbox.positions().length) this.sender.flush();
    });
  }

  show(position, state, told) {
    const fieldset = this.fieldsets.get(position);
    if (told?.server_now && this.clock) {
      this.clock.sync(told.server_now);
      this.clock.lengthen(told.deadline, told.until);
    }
    if (state === "closed") return this.close(told.sentence);
    // Practice: another window was shown the answer. What else is not sent yet is kept.
    if (told?.problem === "shown" && this.outbox.isKept) return location.reload();
    if (!fieldset) return undefined;
    if (told && "number" in told) this.numberInput(fieldset).value = told.number;
    if (state === "number") return undefined;
    if (state === "changed") {
      const fields = { ...told.fields, flag: told.is_flagged ? ["on"] : [] };
      this.fill(fieldset, fields);
    }
    const line = fieldset.querySelector("[data-saved-line]");
    line.dataset.state = state === "refused" ? "failed" : state;
    let words = told?.sentence ?? WORDS[state];
    if (state === "kept" && !this.outbox.isKept) words = WORDS.lost;
    if (state === "saved" && told && !told.is_answered) words = "";
    if (state === "saved" && told && !told.is_answered) line.dataset.state = "";
    if (line.textContent !== words) line.textContent = words;
    return undefined;
  }

  mark(fieldset) {
    const link = this.links.get(`#${fieldset.id}`);
    if (!link) return;
    const { flag, ...answer } = this.read(fieldset);
    const isAnswered = Object.values(answer).some((values) => values.some((value) => value !== ""));
    link.classList.toggle("is-answered", isAnswered);
    link.classList.toggle("is-flagged", Boolean(flag?.length));
    link.querySelector("span").textContent =
      (isAnswered ? ", answered" : ", not answered") + (flag?.length ? ", flagged" : "");
    const count = this.form.querySelectorAll("[data-question-map] .is-answered").length;
    const progress = this.form.querySelector("[data-quiz-progress]");
    progress.querySelector("progress").value = count;
    progress.querySelectorAll("span")[1].textContent = `${count} of ${this.links.size}`;
  }

  async toOverview(event) {
    event.preventDefault();
    if (event.submitter?.name === "check") return this.check(event.submitter.value);
    const isFlushed = await this.sender.flush();
    // Enter in a field saves, and stays.
    if (event.submitter?.value === "stay") return;
    const refused = this.form.querySelector('[data-saved-line][data-state="failed"]');
    if (refused) {
      // What stands in the form is not what is stored: looking over would show something else.
      const question = refused.closest("[data-question]");
      question.scrollIntoView({ block: "center" });
      question.querySelector("input:not([type=hidden], [type=checkbox]), select")?.focus({ preventScroll: true });
      return;
    }
    if (isFlushed) {
      if (!this.outbox.positions().length) location.assign(this.form.dataset.overviewUrl);
      else this.toOverview(event);
    } else {
      notice?.scrollIntoView({ block: "center" });
    }
  }

  // Practice: the page comes back with what is right under the answer.
  async check(position) {
    if (!(await this.sender.flush()) || this.outbox.positions().length) {
      notice?.scrollIntoView({ block: "center" });
      return;
    }
    const wanted = document.createElement("input");
    Object.assign(wanted, { type: "hidden", name: "check", value: position });
    this.form.append(wanted);
    this.form.submit();
  }

  close(sentence) {
    for (const fieldset of this.fieldsets.values()) fieldset.disabled = true;
    say(sentence, { url: this.form.dataset.resultUrl, text: "See the result" });
    notice?.scrollIntoView({ block: "center" });
  }

  async beforeTimeIsUp() {
    // What is under way still counts within the seconds of grace; after them the server closes.
    this.takeTyped();
    await this.sender.flush();
    await this.clock.look();
  }

  timeIsUp(seconds) {
    for (const fieldset of this.fieldsets.values()) fieldset.disabled = true;
    say("Time is up. Everything you saved is being counted.");
    setTimeout(() => location.assign(this.form.dataset.resultUrl), Math.max(0, GRACE + seconds * 1000));
  }
}

// ------------------------------------------------------------------ looking over, result

// Answers still on this device go first, so that the list of unanswered questions is true.
async function overview(section) {
  const outbox = new Outbox(section.dataset.quizOverview);
  const timer = document.querySelector("[data-timer]");
  if (timer) {
    new Clock(timer, {
      onEnd: (seconds) =>
        setTimeout(() => location.assign(section.dataset.resultUrl), Math.max(0, GRACE + seconds * 1000)),
    });
  }
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  if (!outbox.positions().length) return;
  const token = section.querySelector("[name=csrfmiddlewaretoken]");
  const sender = new Sender({
    outbox,
    saveUrl: (position) => section.dataset.saveUrl.replace("/items/0/", `/items/${position}/`),
    loginUrl: section.dataset.loginUrl,
    token: () => token.value,
    setToken: (value) => (token.value = value),
    on: () => {},
    onTrouble: (kind) => sayTrouble(kind, section.dataset.loginUrl),
  });
  const send = async () => {
    if (outbox.positions().length && (await sender.flush())) location.reload();
  };
  addEventListener("online", send);
  addEventListener("focus", send);
  setInterval(send, RETRY_AFTER);
  await send();
}

function done(section) {
  const outbox = new Outbox(section.dataset.quizDone);
  const count = outbox.positions().length;
  if (!count) return;
  say(
    count === 1
      ? "One answer on this device had not reached us before the attempt was closed, so it was not counted."
      : `${count} answers on this device had not reached us before the attempt was closed, so they were not counted.`,
  );
  outbox.clear();
}

// A second click does not send again; the server would give the same result anyway.
for (const form of document.querySelectorAll("[data-submit-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.isSent) event.preventDefault();
    form.dataset.isSent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.isSent);
}

const form = document.querySelector("[data-quiz]");
if (form) new QuizPage(form);
const section = document.querySelector("[data-quiz-overview]");
if (section) overview(section);
const result = document.querySelector("[data-quiz-done]");
if (result) done(result);
