// Pictures are sent as soon as they are chosen or dropped, one after the other, each with its own
// progress and its own refusal. Without this script the form sends them all at once.

import { uploadPicture } from "./picture-upload.js";

const form = document.querySelector("[data-picture-send]");
const input = form.elements.pictures;
const queue = form.querySelector("[data-picture-queue]");
const said = form.querySelector("[data-queue-said]");
const waiting = [];
let isRunning = false;
let counts = { added: 0, refused: 0 };

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function line(file) {
  const item = document.createElement("li");
  const name = element("span", "queue-name", file.name);
  const words = element("span", "queue-said", "waiting");
  item.append(name, words);
  queue.append(item);
  queue.hidden = false;
  return { item, words };
}

function add(files) {
  for (const file of files) waiting.push({ file, ...line(file) });
  if (!isRunning) run();
}

async function run() {
  isRunning = true;
  counts = { added: 0, refused: 0 };
  while (waiting.length) await send(waiting.shift());
  isRunning = false;
  tell();
  await showThem();
}

async function send({ file, item, words }) {
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  words.replaceWith(bar);
  const onProgress = (share) => {
    bar.value = share;
    // Sent; the server makes the sizes now, and nobody knows how long that takes.
    if (share === 1) bar.removeAttribute("value");
  };
  try {
    const told = await uploadPicture(file, {
      url: form.dataset.addUrl,
      credit: form.elements.credit.value,
      onProgress,
    });
    const link = element("a", "", told.slug);
    link.href = told.page;
    words.replaceChildren("in the course as ", link);
    counts.added += 1;
  } catch (error) {
    item.classList.add("is-refused");
    words.textContent = error.message;
    counts.refused += 1;
  }
  bar.replaceWith(words);
}

function tell() {
  const added = counts.added === 1 ? "One picture is" : `${counts.added} pictures are`;
  const refused = counts.refused ? ` ${counts.refused} could not be added; the list says why.` : "";
  said.textContent = `${added} in the course now.${refused}`;
}

async function showThem() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-picture-list]");
    const here = document.querySelector("[data-picture-list]");
    // What somebody is typing or tabbing through is not taken away under their hands.
    if (fresh && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(fresh));
  } catch {
    // The pictures are there all the same, on the next visit.
  }
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function listen() {
  form.querySelector("[data-send-button]").hidden = true;
  form.querySelector("[data-drop-hint]").hidden = false;
  const take = () => {
    add([...input.files]);
    input.value = "";
  };
  input.addEventListener("change", take);
  // Chosen while this script was still on its way: the button that would send them is hidden now.
  if (input.files.length) take();
  form.addEventListener("submit", (event) => event.preventDefault());
  // Anywhere on the page: a picture dropped beside the form would replace the page.
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("is-over");
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (isRunning) event.preventDefault();
  });
}

listen();
