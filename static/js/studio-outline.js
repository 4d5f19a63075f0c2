// The outline without waiting for whole pages: forms are sent by themselves, lessons and modules are
// dragged by their grip, Alt with an arrow moves what has the focus. Without this script the
// buttons in each line's menu do the same.

const root = document.querySelector("[data-studio-outline]");

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  if (answer.redirected && !new URL(answer.url).pathname.startsWith("/studio/")) {
    location.assign(answer.url);
    return;
  }
  show(await answer.text(), new URL(answer.url).hash);
}

function show(html, hash) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.closest("[data-lesson],[data-module]")?.id;
  for (const name of ["data-outline-list", "data-outline-hours"]) {
    const here = root.querySelector(`[${name}]`);
    const there = page.querySelector(`[${name}]`);
    if (here && there) here.replaceChildren(...there.childNodes);
  }
  const words = page.querySelector(".messages");
  document.querySelector("main > .messages")?.remove();
  if (words) document.querySelector("main").prepend(words);
  prepare();
  const target = document.getElementById(hash.slice(1) || focused || "");
  const place = target?.matches("[data-lesson],[data-module]") ? target.querySelector(".studio-grip") : null;
  place?.focus();
}

function formFor(line) {
  return line.querySelector(":scope > .studio-line .line-menu form[action$='/move/']");
}

function moveTo(line, place, module) {
  const form = formFor(line);
  const data = document.createElement("input");
  data.type = "hidden";
  data.name = "place";
  data.value = String(place);
  form.append(data);
  if (module) {
    const where = document.createElement("input");
    where.type = "hidden";
    where.name = "module";
    where.value = module;
    form.append(where);
  }
  return send(form);
}

function siblings(line) {
  const attribute = line.dataset.lesson ? "data-lesson" : "data-module";
  return [...line.parentElement.children].filter((each) => each.hasAttribute(attribute));
}

function byKey(event) {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const line = event.target.closest("[data-lesson],[data-module]");
  if (!line || !formFor(line)) return;
  event.preventDefault();
  const step = event.key === "ArrowUp" ? -1 : 1;
  const place = siblings(line).indexOf(line) + 1 + step;
  if (place >= 1 && place <= siblings(line).length) {
    moveTo(line, place);
    return;
  }
  if (!line.dataset.lesson) return;
  // Past the end of its module a lesson goes on into the next one.
  const modules = [...root.querySelectorAll("[data-module]")];
  const next = modules[modules.indexOf(line.closest("[data-module]")) + step];
  if (next) moveTo(line, step > 0 ? 1 : 9999, next.dataset.module);
}

// ------------------------------------------------------------------ dragging

const mark = document.createElement("li");
mark.className = "drop-mark";
let dragged = null;

function grip(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "studio-grip";
  button.textContent = "⠿";
  const title = line.querySelector(".studio-title").textContent.trim();
  button.setAttribute("aria-label", `Move “${title}”: Alt with the up or down arrow`);
  button.addEventListener("pointerdown", (event) => {
    dragged = line;
    button.setPointerCapture(event.pointerId);
    line.classList.add("is-dragged");
  });
  button.addEventListener("pointermove", (event) => dragged && dragOver(event));
  button.addEventListener("pointerup", drop);
  button.addEventListener("pointercancel", letGo);
  return button;
}

function dragOver(event) {
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const attribute = dragged.dataset.lesson ? "data-lesson" : "data-module";
  const over = under?.closest(`[${attribute}]`);
  if (over && over !== dragged) {
    const box = over.getBoundingClientRect();
    const isBefore = event.clientY < box.top + box.height / 2;
    over[isBefore ? "before" : "after"](mark);
    return;
  }
  const list = dragged.dataset.lesson && under?.closest("[data-module]")?.querySelector("[data-lessons]");
  if (list && !list.querySelector("[data-lesson]")) list.prepend(mark);
}

function drop() {
  const line = dragged;
  letGo();
  if (!line || !mark.isConnected) return;
  const list = mark.parentElement;
  const attribute = line.dataset.lesson ? "data-lesson" : "data-module";
  const before = [...list.children].slice(0, [...list.children].indexOf(mark));
  const place = before.filter((each) => each.hasAttribute(attribute) && each !== line).length + 1;
  const module = line.dataset.lesson ? mark.closest("[data-module]").dataset.module : "";
  mark.remove();
  moveTo(line, place, module);
}

function letGo() {
  dragged?.classList.remove("is-dragged");
  dragged = null;
}

function prepare() {
  for (const line of root.querySelectorAll("[data-lesson],[data-module]")) {
    const row = line.querySelector(":scope > .studio-line");
    if (formFor(line) && !row.querySelector(".studio-grip")) row.prepend(grip(line));
  }
}

if (root) {
  prepare();
  root.addEventListener("keydown", byKey);
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target, event.submitter).catch(() => event.target.submit());
  });
  document.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll("details.line-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.line-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
