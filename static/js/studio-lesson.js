// Writing a lesson: every pause in typing is saved; until the server has confirmed it, the text is
// kept on this device and offered back after a crash. Without this script the button saves.

import { mountEditor } from "./editor/editor.js";
import { uploadPicture } from "./picture-upload.js";
import { KeptText, Saver } from "./studio-saver.js";

const form = document.querySelector("[data-lesson-form]");
const state = document.querySelector("[data-save-state]");
const words = document.querySelector("[data-word-count]");
const problems = document.querySelector("[data-problems]");
const title = form.elements.title;
const body = form.elements.body;
const number = form.elements.based_on;
const PAUSE = 1200;
const LONGEST_WAIT = 8000;

// The visual editor, when it is there, stands in for the text field and writes into it.
let editor = null;

const text = () => ({ title: title.value, body: body.value });

function say(sentence, { isTrouble = false, link = null } = {}) {
  state.classList.toggle("is-trouble", isTrouble);
  const parts = [sentence];
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.text;
    if (link.isNewTab) {
      anchor.target = "_blank";
      anchor.rel = "noopener";
    }
    parts.push(" ", anchor);
  }
  state.replaceChildren(...parts);
}

function showProblems(list) {
  problems.replaceChildren();
  if (!list.length) return;
  const heading = document.createElement("h2");
  heading.textContent = "Not understood";
  const lines = document.createElement("ul");
  for (const each of list) {
    const item = document.createElement("li");
    item.textContent = `Line ${each.line}: ${each.sentence}`;
    lines.append(item);
  }
  problems.append(heading, lines);
}

const kept = new KeptText(form.dataset.keptName);
// An offer that nobody answered, when it is typed over.
const waiting = new KeptText(`${form.dataset.keptName}-waiting`);
let offered = null;
const saver = new Saver({
  url: form.dataset.saveUrl,
  loginUrl: form.dataset.loginUrl,
  token: () => form.elements.csrfmiddlewaretoken.value,
  setToken: (token) => {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  },
  kept,
  number: () => Number(number.value),
  setNumber: (value) => {
    number.value = value;
  },
  text,
  // Somebody may have typed before this script came.
  stored: { title: title.defaultValue, body: body.defaultValue },
  on: (event, told) => {
    if (event === "saving") say("Saving…");
    else if (event === "saved") {
      say(`Saved on ${told.saved_at}`);
      words.textContent = String(told.words);
      showProblems(told.problems);
    } else if (event === "offline") {
      say("No connection. Your text is kept on this device and saved as soon as it is back.", { isTrouble: true });
    } else if (event === "signed-out") {
      const next = encodeURIComponent(location.pathname);
      say("You have been signed out. Your text is kept on this device. Sign in again, then come back to this tab.", {
        isTrouble: true,
        link: { url: `${form.dataset.loginUrl}?next=${next}`, text: "Sign in (opens a new tab)", isNewTab: true },
      });
    } else if (event === "moved") {
      say(told.sentence, { isTrouble: true, link: { url: told.url, text: "Look at both" } });
    } else if (event === "refused") {
      say(`Not saved. ${told.sentence}`, { isTrouble: true });
    }
  },
});

let timer = 0;
let waitingSince = 0;

function changed() {
  if (offered) waiting.put(offered);
  offered = null;
  kept.put({ ...text(), number: Number(number.value) });
  say(kept.isKept ? "Not saved yet" : "Not saved yet – keep this page open", { isTrouble: !kept.isKept });
  waitingSince ||= Date.now();
  clearTimeout(timer);
  const pause = Math.min(PAUSE, Math.max(0, LONGEST_WAIT - (Date.now() - waitingSince)));
  timer = setTimeout(save, pause);
}

function save() {
  clearTimeout(timer);
  waitingSince = 0;
  return saver.save();
}

form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  kept.put({ ...text(), number: Number(number.value) });
  save();
});
window.addEventListener("online", save);
// Signing in again may have happened in another tab or in another window.
document.addEventListener("visibilitychange", () => saver.isDirty() && save());
window.addEventListener("focus", () => saver.isDirty() && save());
window.addEventListener("beforeunload", (event) => {
  if (saver.isDirty() && !kept.isKept) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit();
  }
});

// ------------------------------------------------------------------ what this device still has

function put(found) {
  title.value = found.title;
  body.value = found.body;
  editor?.setMarkdown(found.body);
}

function offer() {
  offered = kept.get();
  const found = offered ?? waiting.get();
  if (!found) return;
  const now = text();
  if (found.title === now.title && found.body === now.body) {
    (offered ? kept : waiting).remove();
    offered = null;
    return;
  }
  const box = document.querySelector("[data-kept]");
  const line = document.createElement("p");
  const when = new Date(found.at).toLocaleString("en-US", { dateStyle: "long", timeStyle: "short" });
  line.textContent = `This device has a text of this lesson from ${when} that was not saved.`;
  const use = document.createElement("button");
  use.type = "button";
  use.className = "button button-small";
  use.textContent = "Use it";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button-secondary button-small";
  drop.textContent = "Throw it away";
  const actions = document.createElement("p");
  actions.className = "actions";
  actions.append(use, drop);
  use.addEventListener("click", async () => {
    // What was typed meanwhile goes into the history first.
    if (saver.isDirty()) await save();
    if (!offered) waiting.remove();
    offered = null;
    put(found);
    // Saved over the text it was written on: if that moved on, both are kept and shown.
    number.value = found.number;
    box.hidden = true;
    changed();
    save();
  });
  drop.addEventListener("click", () => {
    (offered ? kept : waiting).remove();
    offered = null;
    box.hidden = true;
  });
  box.replaceChildren(line, actions);
  box.hidden = false;
}

editor = mountEditor({
  textarea: body,
  uploadPicture,
  ...JSON.parse(document.getElementById("lesson-library").textContent),
});
if (saver.isDirty()) changed();
else offer();
