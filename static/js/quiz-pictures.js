// Questions about places on a picture: the picture answers for the list beside it. Every way ends
// in the same inputs and their `change` events, so whoever listens to those knows no picture. All
// listeners stand on the document: the studio's preview comes and goes.

import { EdgeScroll } from "./edge-scroll.js";

// Half a finger, in pixels of the page: that near to a mark counts as the mark.
const NEAR = 24;
// So far a name must be moved before it is dragged and not pressed.
const FROM = 6;
// Letters of a name on the picture.
const LONGEST = 26;

document.documentElement.classList.add("is-scripted");

// ------------------------------------------------------------------ which place

function isInside(shape, x, y) {
  const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
  return shape.isPointInFill(point);
}

function distance(shape, x, y) {
  const box = shape.getBoundingClientRect();
  return Math.hypot(
    Math.max(box.left - x, 0, x - box.right),
    Math.max(box.top - y, 0, y - box.bottom),
  );
}

function middleDistance(shape, x, y) {
  const box = shape.getBoundingClientRect();
  return Math.hypot((box.left + box.right) / 2 - x, (box.top + box.bottom) / 2 - y);
}

// The smallest shape around the finger; else the nearest mark within reach of it.
function placeAt(picture, x, y) {
  const shapes = [...picture.querySelectorAll(".picture-shape")];
  const around = shapes.filter((shape) => isInside(shape, x, y));
  const size = (shape) => {
    const box = shape.getBoundingClientRect();
    return box.width * box.height;
  };
  const near = shapes.filter((shape) => distance(shape, x, y) <= NEAR);
  const [shape] = around.length
    ? around.sort((a, b) => size(a) - size(b))
    : near.sort((a, b) => middleDistance(a, x, y) - middleDistance(b, x, y));
  return shape?.closest("[data-place]").dataset.place;
}

function changed(input) {
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// ------------------------------------------------------------------ tapping

function tap(question, event) {
  const place = placeAt(event.target.closest(".picture"), event.clientX, event.clientY);
  const input = place && question.querySelector(`input[value="${place}"]`);
  if (!input || input.matches(":disabled")) return;
  // What a click on the list would do: a box can be emptied again, a dot cannot.
  if (input.type === "radio" && input.checked) return;
  input.checked = input.type === "radio" || !input.checked;
  changed(input);
}

// ------------------------------------------------------------------ names

const chips = (question) => [...question.querySelectorAll("[data-name]")];
const selects = (question) => [...question.querySelectorAll("[data-label]")];
const nameOf = (question, value) =>
  chips(question).find((chip) => chip.dataset.name === value)?.textContent ?? "";

// The picture and the names say what the lists say.
function show(question) {
  const used = new Set();
  for (const select of selects(question)) {
    const mark = question.querySelector(`.picture [data-place="${select.dataset.label}"]`);
    used.add(select.value);
    if (mark) write(mark, nameOf(question, select.value));
  }
  for (const chip of chips(question)) chip.classList.toggle("is-used", used.has(chip.dataset.name));
}

// Beside the mark, where it covers the fewest other marks and stays in the picture.
function write(mark, words) {
  let text = mark.querySelector(".picture-name");
  if (!words) {
    text?.remove();
    return;
  }
  if (!text) {
    text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    text.setAttribute("class", "picture-name");
    mark.append(text);
  }
  // The whole name stands in the list.
  text.textContent = words.length > LONGEST ? `${words.slice(0, LONGEST - 1).trimEnd()}…` : words;
  const picture = mark.closest("svg");
  const others = [...picture.querySelectorAll(".picture-shape, .picture-number, .picture-name")];
  const boxes = others.filter((each) => each !== text).map((each) => each.getBBox());
  const { width, height } = picture.viewBox.baseVal;
  const ring = mark.querySelector(".picture-shape").getBBox();
  const [left, right, x] = [ring.x - 12, ring.x + ring.width + 12, ring.x + ring.width / 2];
  const [above, below, y] = [ring.y - 12, ring.y + ring.height + 34, ring.y + ring.height / 2 + 12];
  let fewest = Infinity;
  let best = null;
  for (const spot of [[right, y, "start"], [left, y, "end"], [x, below, "middle"],
    [x, above, "middle"], [right, below, "start"], [left, below, "end"],
    [right, above, "start"], [left, above, "end"]]) {
    stand(text, spot);
    const box = text.getBBox();
    const isOut = box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height;
    const hits = boxes.filter((each) => touch(box, each)).length + (isOut ? 100 : 0);
    if (hits < fewest) [fewest, best] = [hits, spot];
  }
  stand(text, best);
}

function stand(text, [x, y, anchor]) {
  text.setAttribute("x", x);
  text.setAttribute("y", y);
  text.setAttribute("text-anchor", anchor);
}

function touch(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function press(question, chip) {
  for (const each of chips(question)) {
    const isIt = each === chip && chip.getAttribute("aria-pressed") !== "true";
    each.setAttribute("aria-pressed", String(isIt));
  }
}

function put(question, place, value) {
  const select = selects(question).find((each) => each.dataset.label === place);
  if (!select || select.matches(":disabled")) return;
  select.value = value;
  press(question, null);
  changed(select);
  const voice = question.querySelector("[data-labels-voice]");
  const sentence = voice.dataset.put.replace("NAME", nameOf(question, value));
  voice.textContent = sentence.replace("PLACE", place);
}

// Of the picture or of the list.
function placeUnder(question, x, y) {
  const under = document.elementFromPoint(x, y);
  if (!under || !question.contains(under)) return undefined;
  const picture = under.closest(".picture");
  if (picture) return placeAt(picture, x, y);
  return under.closest("[data-label-row]")?.dataset.labelRow;
}

function choose(question, event) {
  const chip = event.target.closest("[data-name]");
  if (chip) {
    press(question, chip);
    return;
  }
  const armed = chips(question).find((each) => each.getAttribute("aria-pressed") === "true");
  const place = placeUnder(question, event.clientX, event.clientY);
  if (!place) return;
  if (armed && !event.target.closest("select")) put(question, place, armed.dataset.name);
  // Without a name at hand the list of names opens where it belongs.
  else if (event.target.closest(".picture")) {
    selects(question).find((each) => each.dataset.label === place)?.focus();
  }
}

// ------------------------------------------------------------------ dragging a name

let drag = null;
// On a narrow screen the names stand above a picture that is longer than the window.
const scrolling = new EdgeScroll(() => drag?.drawn && near());

function lift(chip, event) {
  const box = chip.getBoundingClientRect();
  const drawn = chip.cloneNode(true);
  drawn.classList.add("is-drawn");
  drawn.removeAttribute("data-name");
  drawn.setAttribute("aria-hidden", "true");
  drawn.style.inlineSize = `${box.width}px`;
  document.body.append(drawn);
  drag.drawn = drawn;
  drag.dx = box.left - drag.x;
  drag.dy = box.top - drag.y;
  move(event);
}

function move(event) {
  drag.at = [event.clientX, event.clientY];
  drag.drawn.style.transform = `translate(${event.clientX + drag.dx}px, ${event.clientY + drag.dy}px)`;
  scrolling.at(event.clientY);
  near();
}

// Where the name would land is shown on the picture and in the list.
function near() {
  const place = placeUnder(drag.question, ...drag.at);
  for (const each of drag.question.querySelectorAll(".is-near")) each.classList.remove("is-near");
  if (!place) return;
  for (const each of drag.question.querySelectorAll(
    `[data-place="${place}"], [data-label-row="${place}"]`,
  )) {
    each.classList.add("is-near");
  }
}

function drop(event, isPut) {
  if (!drag) return;
  const { question, chip, drawn } = drag;
  drag = null;
  scrolling.stop();
  if (!drawn) return;
  drawn.remove();
  for (const each of question.querySelectorAll(".is-near")) each.classList.remove("is-near");
  const place = isPut && placeUnder(question, event.clientX, event.clientY);
  if (place) put(question, place, chip.dataset.name);
  // The click that ends a drag, if there is one, presses no name.
  const stop = (click) => click.stopPropagation();
  addEventListener("click", stop, true);
  setTimeout(() => removeEventListener("click", stop, true));
}

document.addEventListener("pointerdown", (event) => {
  const chip = event.target.closest("[data-labels] [data-name]");
  // A finger scrolls the page here; it presses a name and then a place.
  if (!chip || event.pointerType === "touch" || event.button !== 0) return;
  drag = { chip, question: chip.closest("[data-labels]"), x: event.clientX, y: event.clientY };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (drag.drawn) move(event);
  else if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FROM) lift(drag.chip, event);
});
document.addEventListener("pointerup", (event) => drop(event, true));
document.addEventListener("pointercancel", (event) => drop(event, false));

// ------------------------------------------------------------------ the page

document.addEventListener("click", (event) => {
  const labels = event.target.closest("[data-labels]");
  const picture = event.target.closest("[data-tap] .picture");
  if (labels) choose(labels, event);
  else if (picture) tap(picture.closest("[data-tap]"), event);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  drop(event, false);
  for (const question of document.querySelectorAll("[data-labels]")) press(question, null);
});
for (const name of ["change", "quiz:filled"]) {
  document.addEventListener(name, (event) => {
    const question = event.target.closest("[data-labels]");
    if (question) show(question);
    else for (const each of event.target.querySelectorAll?.("[data-labels]") ?? []) show(each);
  });
}
for (const question of document.querySelectorAll("[data-labels]")) show(question);
