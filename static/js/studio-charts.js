// The chart editor: one state, a drawing and panels that show it, and a saver that keeps it.
// Every change is saved after a pause; until the server has confirmed it, it is kept on this device.

import { setUp } from "./chart.js";
import { Drawing } from "./studio-chart-drawing.js";
import { Panels } from "./studio-chart-panels.js";
import { at, ChartState, inside, middle, newKey, spelled } from "./studio-chart-state.js";
import { KeptText, Saver } from "./studio-saver.js";

const form = document.querySelector("[data-chart-desk]");
const data = JSON.parse(document.getElementById("chart-data").textContent);
const find = (name) => form.querySelector(`[data-${name}]`);
const number = form.elements.based_on;
const PAUSE = 1200;
const LONGEST_WAIT = 8000;
const LOOK_PAUSE = 500;

const said = (...parts) => parts.filter(Boolean).join(" ");

const words = {
  drawing: (title) => `Drawing, ${title}`,
  point: (point, place) => `${said("Point", point.code, point.name || "without a name")}, at ${place.x}, ${place.y}`,
  path: (path) => `${said("Stroke", path.order, path.title || "without words")}, ${path.points.length} bends`,
  bend: (index, x, y) => `Bend ${index + 1}, at ${x}, ${y}`,
  removed: (what) => `Removed: ${what}. Undo brings it back.`,
  oneView: "A point stands in one view at least. Remove the point instead.",
  outside: "Something would lie outside of that. Nothing was changed.",
  unnamed: "Without a name yet",
  stroke: "Stroke without words yet",
  empty: "Nothing stands on the drawing yet.",
  layer: "Layer",
  full: "There is no room for more.",
};

// ------------------------------------------------------------------ the desk

class Desk {
  constructor() {
    this.state = new ChartState(data.values);
    this.words = words;
    this.tool = "move";
    this.viewId = data.values.views[0].id;
    this.hidden = new Set();
    this.chosen = { kind: "", key: "", bend: null };
    this.draft = null;
    this.newLayer = data.values.layers[0].id;
    this.drawing = new Drawing(find("canvas"), this);
    this.panels = new Panels(form, this, data);
    this.state.listen((options) => {
      this.tidy();
      this.render(options);
    });
  }

  // What was chosen, shown or hidden may be gone after a step back.
  tidy() {
    const { values } = this.state;
    if (!this.state.view(this.viewId)) this.viewId = values.views[0].id;
    if (!values.layers.some((each) => each.id === this.newLayer)) this.newLayer = values.layers[0].id;
    const { kind, key } = this.chosen;
    const row = kind === "point" ? this.state.point(key) : this.state.path(key);
    if (kind && !row) this.chosen = { kind: "", key: "", bend: null };
    if (this.draft && !this.state.view(this.draft.view)) this.draft = null;
  }

  render(options = {}) {
    this.renderViews();
    this.renderTools();
    this.panels.render(options);
    this.drawing.render();
  }

  view() {
    return this.state.view(this.viewId);
  }

  show(id) {
    this.viewId = id;
    if (this.draft && this.draft.view !== id) this.finish();
    this.renderViews();
    this.drawing.render();
  }

  drawingUrl(sha256) {
    return data.drawing.replace("0".repeat(64), sha256);
  }

  layerOf(id) {
    return this.state.values.layers.find((each) => each.id === id);
  }

  isShown(layer) {
    return !this.hidden.has(layer);
  }

  showLayer(id, isShown) {
    if (isShown) this.hidden.delete(id);
    else this.hidden.add(id);
    this.drawing.render();
  }

  say(sentence) {
    find("said").textContent = sentence;
    find("hint").textContent = sentence;
  }

  // ---------------------------------------------------------------- choosing

  isChosen(kind, key) {
    return this.chosen.kind === kind && this.chosen.key === key;
  }

  chosenPath() {
    return this.chosen.kind === "path" ? this.state.path(this.chosen.key) : null;
  }

  choose(name) {
    const [kind, key = "", bend = null] = name.split(":");
    const next = { kind: kind === "bend" ? "path" : kind, key, bend: bend === null ? null : Number(bend) };
    const isSame = next.kind === this.chosen.kind && next.key === this.chosen.key;
    this.chosen = next;
    if (isSame) return;
    this.panels.renderChosen();
    this.panels.renderList();
    if (next.kind) this.panels.open("chosen");
    this.drawing.render();
  }

  openForm(name) {
    const [kind, key] = name.split(":");
    if (kind === "point") {
      const point = this.state.point(key);
      if (!at(point, this.viewId)) this.show(point.at[0].view);
      this.hidden.delete(point.layer);
    } else {
      const path = this.state.path(key);
      if (path.view !== this.viewId) this.show(path.view);
      this.hidden.delete(path.layer);
    }
    this.choose(name);
    this.panels.renderLayers();
    this.drawing.render();
    this.panels.open("chosen");
    find("chosen").querySelector("input")?.focus();
  }

  // ---------------------------------------------------------------- placing

  placesOf(name) {
    const [kind, key, bend] = name.split(":");
    if (kind === "point") {
      const place = at(this.state.point(key), this.viewId);
      return [[place.x, place.y]];
    }
    const { points } = this.state.path(key);
    return structuredClone(kind === "bend" ? [points[Number(bend)]] : points);
  }

  moveTo(name, origin, byX, byY, merge) {
    const [kind, key, bend] = name.split(":");
    const view = this.view();
    this.state.change(() => {
      const places = origin.map(([x, y]) => inside(view, x + byX, y + byY));
      if (kind === "point") [[at(this.state.point(key), view.id).x, at(this.state.point(key), view.id).y]] = places;
      else if (kind === "bend") this.state.path(key).points[Number(bend)] = places[0];
      // A whole stroke stops at the edge, or it would lose its form there.
      else if (places.every(([x, y], index) => x === origin[index][0] + byX && y === origin[index][1] + byY)) {
        this.state.path(key).points = places;
      }
    }, { merge, isTyping: true });
  }

  settle() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      const label = document.activeElement?.closest("[data-mark]")?.getAttribute("aria-label");
      if (label) find("said").textContent = label;
    }, 500);
  }

  putAt(x, y) {
    if (this.tool === "points") this.addPoint(x, y);
    else this.addToDraft(x, y);
  }

  addPoint(x, y) {
    if (this.state.values.points.length >= data.most.points) {
      this.say(words.full);
      return;
    }
    const key = newKey();
    this.hidden.delete(this.newLayer);
    this.chosen = { kind: "point", key, bend: null };
    this.state.change((values) => {
      values.points.push({
        key, code: "", name: "", language: "", layer: this.newLayer, place: "", caution: "",
        caution_level: "", note: "", references: [], at: [{ view: this.viewId, x, y, label: "e" }],
      });
    });
    this.panels.open("chosen");
    this.drawing.focus(`point:${key}`);
  }

  addToDraft(x, y) {
    this.hidden.delete(this.newLayer);
    if (!this.draft) this.draft = { view: this.viewId, layer: this.newLayer, points: [] };
    const last = this.draft.points.at(-1);
    if (last && last[0] === x && last[1] === y) return;
    this.draft.points.push([x, y]);
    if (this.draft.points.length >= data.most.bends) this.finish();
    this.renderTools();
    this.drawing.render();
  }

  finish() {
    const { draft } = this;
    this.draft = null;
    if (draft && draft.points.length >= 2) this.addStroke(draft);
    this.renderTools();
    this.drawing.render();
  }

  addStroke({ view, layer, points }) {
    if (this.state.values.paths.length >= data.most.paths) {
      this.say(words.full);
      return;
    }
    const key = newKey();
    this.chosen = { kind: "path", key, bend: null };
    this.state.change((values) => {
      values.paths.push({ key, layer, view, title: "", order: null, arrow: true, points });
    });
    this.panels.open("chosen");
    this.drawing.focus(`path:${key}`);
  }

  putInTheMiddle() {
    const view = this.view();
    let [x, y] = middle(view);
    const isTaken = () => this.state.values.points.some((each) => {
      const place = at(each, view.id);
      return place && Math.hypot(place.x - x, place.y - y) < 12;
    });
    while (isTaken() && y < view.crop[1] + view.crop[3] - 40) y += 30;
    if (this.tool === "points") this.addPoint(x, y);
    else this.addStroke({ view: view.id, layer: this.newLayer, points: [inside(view, x - 60, y), inside(view, x + 60, y)] });
  }

  addBend(key) {
    const path = this.state.path(key);
    if (path.points.length >= data.most.bends) {
      this.say(words.full);
      return;
    }
    const index = Math.min(this.chosen.bend ?? path.points.length - 2, path.points.length - 2);
    const [one, other] = [path.points[index], path.points[index + 1]];
    const between = [Math.round((one[0] + other[0]) / 2), Math.round((one[1] + other[1]) / 2)];
    this.state.change(() => this.state.path(key).points.splice(index + 1, 0, between));
  }

  remove(name) {
    const [kind, key, bend] = name.split(":");
    if (kind === "bend") {
      this.state.change(() => {
        const path = this.state.path(key);
        if (path.points.length > 2) path.points.splice(Number(bend), 1);
      });
      this.drawing.focus(`path:${key}`);
      return;
    }
    const list = kind === "point" ? "points" : "paths";
    const row = this.state.values[list].find((each) => each.key === key);
    const title = [row.code, row.name || row.title].filter(Boolean).join(" ") || (kind === "point" ? words.unnamed : words.stroke);
    this.state.change((values) => {
      values[list] = values[list].filter((each) => each.key !== key);
    });
    this.say(words.removed(title));
    find("undo").focus();
  }

  // ---------------------------------------------------------------- tools

  renderViews() {
    const box = find("views");
    const { views } = this.state.values;
    const wanted = views.map((each) => `${each.id} ${each.title}`).join("\n");
    if (box.dataset.wanted !== wanted) {
      box.dataset.wanted = wanted;
      const legend = box.querySelector("legend");
      box.replaceChildren(legend, ...views.map((each) => {
        const label = document.createElement("label");
        const input = document.createElement("input");
        input.type = "radio";
        input.name = "view";
        input.value = each.id;
        input.autocomplete = "off";
        input.addEventListener("change", () => this.show(each.id));
        const title = document.createElement("span");
        title.textContent = each.title;
        label.append(input, title);
        return label;
      }));
    }
    box.hidden = views.length < 2;
    for (const input of box.querySelectorAll("input")) input.checked = input.value === this.viewId;
  }

  renderTools() {
    find("undo").disabled = !this.state.past.length;
    find("redo").disabled = !this.state.future.length;
    find("adding").hidden = this.tool === "move";
    find("finish").hidden = !this.draft || this.draft.points.length < 2;
    find("canvas").dataset.tool = this.tool;
    const select = find("new-layer");
    select.replaceChildren(...this.panels.layerChoices().map((each) => new Option(each.title, each.value)));
    select.value = this.newLayer;
  }

  use(tool) {
    if (this.draft) this.finish();
    this.tool = tool;
    const isFor = (layer) => (tool === "strokes") === (layer.kind === "flow");
    const fitting = this.state.values.layers.find((each) => each.id === this.newLayer && isFor(each))
      ?? this.state.values.layers.find(isFor);
    if (tool !== "move" && fitting) this.newLayer = fitting.id;
    find("hint").textContent = find("hint").dataset[tool];
    this.renderTools();
    this.drawing.render();
  }
}

// ------------------------------------------------------------------ saving

const saveState = find("save-state");

function tell(sentence, { isTrouble = false, link = null } = {}) {
  saveState.classList.toggle("is-trouble", isTrouble);
  const parts = [sentence];
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.text;
    anchor.target = "_blank";
    anchor.rel = "noopener";
    parts.push(" ", anchor);
  }
  saveState.replaceChildren(...parts);
}

function showMissing(sentences) {
  const list = find("missing").querySelector("ul");
  list.replaceChildren(...sentences.map((each) => {
    const item = document.createElement("li");
    item.textContent = each;
    return item;
  }));
  find("missing").hidden = !sentences.length;
}

// A choice that only the writer can make, above the drawing.
function ask(sentence, choices) {
  const box = find("kept");
  const line = document.createElement("p");
  line.textContent = sentence;
  const actions = document.createElement("p");
  actions.className = "actions";
  choices.forEach(([text, act], index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = index ? "button button-secondary button-small" : "button button-small";
    button.textContent = text;
    button.addEventListener("click", () => {
      box.hidden = true;
      act();
    });
    actions.append(button);
  });
  box.replaceChildren(line, actions);
  box.hidden = false;
}

class ChartSaver extends Saver {
  // Unlike a lesson's text, a chart that came too late is kept nowhere but here.
  settle(answer, told, text) {
    if (answer.status !== 409) return super.settle(answer, told, text);
    const theirs = spelled(told.values);
    // The newer state may be our own: stored, and its confirmation lost on the way.
    if (this.sent.some((each) => each.body === theirs)) {
      this.sent = [];
      this.setNumber(told.number);
      return "again";
    }
    this.isStopped = true;
    this.on("moved", { ...told, theirs });
    return "moved-told";
  }
}

const desk = new Desk();
const kept = new KeptText(form.dataset.keptName);
const text = () => ({ title: desk.state.values.title, body: spelled(desk.state.values) });

const saver = new ChartSaver({
  url: form.dataset.saveUrl,
  loginUrl: form.dataset.loginUrl,
  token: () => form.elements.csrfmiddlewaretoken.value,
  setToken: (token) => {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  },
  kept,
  number: () => number.value,
  setNumber: (value) => {
    number.value = value;
  },
  text,
  on: (event, told) => {
    if (event === "saving") tell("Saving…");
    else if (event === "saved") {
      tell(`Saved on ${told.saved_at}`);
      showMissing(told.missing);
    } else if (event === "offline") {
      tell("No connection. The chart is kept on this device and saved as soon as it is back.", { isTrouble: true });
    } else if (event === "signed-out") {
      const next = encodeURIComponent(location.pathname);
      tell("You have been signed out. The chart is kept on this device. Sign in again, then come back to this tab.", {
        isTrouble: true,
        link: { url: `${form.dataset.loginUrl}?next=${next}`, text: "Sign in (opens a new tab)" },
      });
    } else if (event === "moved") moved(told);
    else if (event === "refused") tell(`Not saved. ${told.sentence}`, { isTrouble: true });
  },
});

function moved(told) {
  tell(told.sentence, { isTrouble: true, link: { url: form.dataset.previewUrl, text: "Look at the saved one (opens a new tab)" } });
  ask("Two people changed this chart. Which one shall it be?", [
    ["Put mine in its place", () => {
      number.value = told.number;
      saver.isStopped = false;
      save();
    }],
    ["Take the saved one", () => {
      number.value = told.number;
      saver.isStopped = false;
      saver.saved = { title: told.values.title, body: told.theirs };
      desk.state.change((values) => Object.assign(values, structuredClone(told.values)));
      kept.remove();
      clearTimeout(timer);
      tell("This is the saved chart. Undo brings yours back.");
    }],
  ]);
}

let timer = 0;
let waitingSince = 0;

function changed() {
  if (!saver.isDirty()) return;
  kept.put({ ...text(), number: number.value });
  if (saver.isStopped) return;
  tell(kept.isKept ? "Not saved yet" : "Not saved yet – keep this page open", { isTrouble: !kept.isKept });
  waitingSince ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(save, Math.min(PAUSE, Math.max(0, LONGEST_WAIT - (Date.now() - waitingSince))));
}

function save() {
  clearTimeout(timer);
  waitingSince = 0;
  return saver.save();
}

function offer() {
  const found = kept.get();
  if (!found) return;
  if (found.body === text().body) {
    kept.remove();
    return;
  }
  const when = new Date(found.at).toLocaleString("en-US", { dateStyle: "long", timeStyle: "short" });
  ask(`This device has a state of this chart from ${when} that was not saved.`, [
    ["Use it", () => {
      // Saved over the state it was made from: if that moved on, the writer chooses.
      number.value = found.number;
      desk.state.change((values) => Object.assign(values, JSON.parse(found.body)));
    }],
    ["Throw it away", () => kept.remove()],
  ]);
}

// ------------------------------------------------------------------ as it stands in a lesson

const look = document.querySelector("[data-look]");
let lookTimer = 0;
let looks = 0;

async function showLook() {
  const place = look.querySelector("[data-look-body]");
  looks += 1;
  const mine = looks;
  try {
    const answer = await fetch(form.dataset.previewUrl, {
      method: "POST",
      body: new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, body: text().body }),
      headers: { "X-Requested-With": "fetch" },
      credentials: "same-origin",
    });
    if (mine !== looks) return;
    if (answer.status === 422) {
      place.textContent = (await answer.json()).sentence;
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const chart = page.querySelector("[data-chart]");
    if (mine !== looks || !chart) return;
    // What the writer switched on or off in the figure stays so.
    const before = [...place.querySelectorAll(".chart-switch")].map((each) => each.checked);
    const now = [...chart.querySelectorAll(".chart-switch")];
    if (before.length === now.length) {
      now.forEach((each, index) => {
        each.checked = before[index];
      });
    }
    place.replaceChildren(chart);
    setUp(chart);
  } catch {
    // Without a connection the figure stays as it was.
  }
}

function lookSoon() {
  if (!look.open) return;
  clearTimeout(lookTimer);
  lookTimer = setTimeout(showLook, LOOK_PAUSE);
}

// ------------------------------------------------------------------ wiring

desk.state.listen(() => {
  changed();
  lookSoon();
});
look.addEventListener("toggle", () => look.open && showLook());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
find("undo").addEventListener("click", () => desk.state.undo());
find("redo").addEventListener("click", () => desk.state.redo());
find("middle").addEventListener("click", () => desk.putInTheMiddle());
find("finish").addEventListener("click", () => desk.finish());
find("new-layer").addEventListener("change", (event) => {
  desk.newLayer = event.target.value;
  if (desk.draft) desk.draft.layer = event.target.value;
  desk.drawing.render();
});
for (const input of find("tools").querySelectorAll("input")) {
  input.addEventListener("change", () => desk.use(input.value));
}
for (const button of form.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    find("zoom-now").textContent = `${desk.drawing.zoomBy(Number(button.dataset.zoom))} %`;
  });
}
form.addEventListener("keydown", (event) => {
  // Enter in a field of one line would press the first button.
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const isCommand = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (isCommand && key === "s") {
    event.preventDefault();
    save();
  }
  // In a field of text the browser takes back letters; everywhere else the chart is taken back.
  if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  if (isCommand && key === "z") {
    event.preventDefault();
    if (event.shiftKey) desk.state.redo();
    else desk.state.undo();
  } else if (isCommand && key === "y") {
    event.preventDefault();
    desk.state.redo();
  } else if (desk.draft && (key === "enter" || key === "escape") && !event.target.matches("button, a")) {
    event.preventDefault();
    if (key === "escape") desk.draft = null;
    desk.finish();
  }
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-leave]");
  if (link) desk.finish();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !saver.isDirty()) return;
  event.preventDefault();
  await save();
  location.assign(link.href);
});
window.addEventListener("online", save);
document.addEventListener("visibilitychange", () => saver.isDirty() && save());
window.addEventListener("beforeunload", (event) => {
  if (saver.isDirty() && !kept.isKept) event.preventDefault();
});

form.hidden = false;
look.hidden = false;
showMissing([...find("missing").querySelectorAll("li")].map((each) => each.textContent));
find("hint").textContent = find("hint").dataset.move;
desk.render();
offer();
