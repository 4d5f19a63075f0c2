// The drawing of the chart editor: marks over one view, moved by pointer and by keyboard.

import { arrowHead, besideStart, labelPlace, number, RING, smoothPath } from "./studio-chart-geometry.js";
import { at, inside } from "./studio-chart-state.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
// A finger needs this much, whatever the zoom.
const REACH = 15;
const STARTS_TO_MOVE = 3;
const ZOOMS = [1, 1.5, 2, 3, 4];
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function make(tag, className = "") {
  const element = document.createElementNS(NAMESPACE, tag);
  if (className) element.setAttribute("class", className);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

export class Drawing {
  constructor(canvas, desk) {
    this.canvas = canvas;
    this.desk = desk;
    this.marks = new Map();
    this.zoom = 0;
    this.drag = null;
    this.svg = make("svg", "chart-edit");
    this.svg.setAttribute("role", "group");
    this.art = make("use", "chart-art");
    this.svg.append(this.art);
    canvas.append(this.svg);
    this.svg.addEventListener("pointerdown", (event) => this.pointerDown(event));
    this.svg.addEventListener("pointermove", (event) => this.pointerMove(event));
    this.svg.addEventListener("pointerup", () => this.drop());
    this.svg.addEventListener("pointercancel", () => this.drop());
    this.svg.addEventListener("click", (event) => this.click(event));
    this.svg.addEventListener("keydown", (event) => this.keyDown(event));
    this.svg.addEventListener("focusin", (event) => this.focusIn(event));
    new ResizeObserver(() => this.render()).observe(canvas);
  }

  get view() {
    return this.desk.view();
  }

  scale() {
    return this.view.width / 1000;
  }

  unitsPerPixel() {
    const width = this.svg.getBoundingClientRect().width || 600;
    return this.view.crop[2] / width;
  }

  zoomBy(steps) {
    const box = this.canvas;
    const middle = this.chosenPlace() ?? [
      (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth,
      (box.scrollTop + box.clientHeight / 2) / box.scrollHeight,
    ];
    this.zoom = Math.min(Math.max(this.zoom + steps, 0), ZOOMS.length - 1);
    this.svg.style.inlineSize = `${ZOOMS[this.zoom] * 100}%`;
    this.svg.style.maxInlineSize = "none";
    box.classList.toggle("is-zoomed", this.zoom > 0);
    box.scrollLeft = middle[0] * box.scrollWidth - box.clientWidth / 2;
    box.scrollTop = middle[1] * box.scrollHeight - box.clientHeight / 2;
    this.render();
    return Math.round(ZOOMS[this.zoom] * 100);
  }

  // Where the chosen mark is, as shares of the whole drawing.
  chosenPlace() {
    const { kind, key } = this.desk.chosen;
    const mark = this.marks.get(`${kind}:${key}`)?.getBoundingClientRect();
    const whole = this.svg.getBoundingClientRect();
    return mark && [
      (mark.x + mark.width / 2 - whole.x) / whole.width,
      (mark.y + mark.height / 2 - whole.y) / whole.height,
    ];
  }

  // ---------------------------------------------------------------- what stands there

  render() {
    const view = this.view;
    set(this.svg, { viewBox: view.crop.join(" "), "aria-label": this.desk.words.drawing(view.title) });
    set(this.art, { href: this.desk.drawingUrl(view.drawing), width: view.width, height: view.height });
    const wanted = new Map();
    const { values } = this.desk.state;
    for (const path of values.paths) {
      if (path.view === view.id && this.desk.isShown(path.layer)) wanted.set(`path:${path.key}`, () => this.path(path));
    }
    for (const point of values.points) {
      const place = at(point, view.id);
      if (place && this.desk.isShown(point.layer)) wanted.set(`point:${point.key}`, () => this.point(point, place));
    }
    const chosen = this.desk.chosenPath();
    if (chosen && chosen.view === view.id && wanted.has(`path:${chosen.key}`)) {
      chosen.points.forEach((place, index) => {
        wanted.set(`bend:${chosen.key}:${index}`, () => this.bend(chosen, place, index));
      });
    }
    const draft = this.desk.draft;
    if (draft && draft.view === view.id) wanted.set("draft", () => this.draft(draft));
    for (const [name, mark] of this.marks) {
      if (!wanted.has(name)) {
        mark.remove();
        this.marks.delete(name);
      }
    }
    for (const [, draw] of wanted) draw();
  }

  // A mark keeps its element, and with it the focus, as long as it stands there.
  mark(name, tags) {
    let group = this.marks.get(name);
    if (!group) {
      group = make("g");
      group.dataset.mark = name;
      for (const [tag, className] of tags) group.append(make(tag, className));
      this.svg.append(group);
      this.marks.set(name, group);
    }
    return group;
  }

  point(point, place) {
    const layer = this.desk.layerOf(point.layer);
    const scale = this.scale();
    const group = this.mark(`point:${point.key}`, [["circle", "chart-reach"], ["circle", ""], ["text", "chart-code"]]);
    const [reach, ring, code] = group.children;
    const isChosen = this.desk.isChosen("point", point.key);
    set(group, {
      class: `chart-point layer-${this.desk.state.layerNumber(point.layer)}${isChosen ? " is-current" : ""}`,
      tabindex: 0,
      role: "button",
      "aria-pressed": isChosen,
      "aria-label": this.desk.words.point(point, place),
    });
    const level = { light: " is-light", "do-not-press": " is-danger" }[point.caution_level] ?? "";
    set(reach, { cx: place.x, cy: place.y, r: Math.max(RING * scale, REACH * this.unitsPerPixel()) });
    set(ring, {
      class: `${layer?.kind === "nodes" ? "chart-node" : "chart-ring"}${level}`,
      cx: place.x, cy: place.y, r: RING * scale,
    });
    const [x, y, anchor] = labelPlace(place.x, place.y, place.label, scale);
    set(code, { x: number(x), y: number(y), "text-anchor": anchor });
    if (code.textContent !== point.code) code.textContent = point.code;
  }

  path(path) {
    const scale = this.scale();
    const group = this.mark(`path:${path.key}`, [["path", "chart-reach-path"], ["path", ""], ["path", "chart-arrow"], ["text", "chart-code"]]);
    const [reach, line, arrow, order] = group.children;
    const isChosen = this.desk.isChosen("path", path.key);
    const d = smoothPath(path.points);
    set(group, {
      class: `chart-route layer-${this.desk.state.layerNumber(path.layer)}${isChosen ? " is-current" : ""}`,
      tabindex: 0,
      role: "button",
      "aria-pressed": isChosen,
      "aria-label": this.desk.words.path(path),
    });
    set(reach, { d, "stroke-width": REACH * 1.4 * this.unitsPerPixel() });
    set(line, { d, class: `chart-path${path.arrow ? "" : " is-dashed"}` });
    set(arrow, { d: path.arrow ? arrowHead(path.points, scale) : null });
    const [x, y] = besideStart(path.points, scale);
    set(order, { x: number(x), y: number(y) });
    const text = path.order ? String(path.order) : "";
    if (order.textContent !== text) order.textContent = text;
  }

  bend(path, [x, y], index) {
    const group = this.mark(`bend:${path.key}:${index}`, [["circle", "chart-reach"], ["circle", "chart-bend"]]);
    set(group, {
      class: `chart-handle layer-${this.desk.state.layerNumber(path.layer)}`,
      tabindex: 0,
      role: "button",
      "aria-label": this.desk.words.bend(index, x, y),
    });
    set(group.children[0], { cx: x, cy: y, r: REACH * this.unitsPerPixel() });
    set(group.children[1], { cx: x, cy: y, r: 6 * this.unitsPerPixel() });
    // Handles lie on top; moving the one that has the focus would take the focus away.
    if (group !== this.svg.lastChild && !group.contains(document.activeElement) && !this.drag) this.svg.append(group);
  }

  draft(draft) {
    const group = this.mark("draft", [["path", "chart-path"], ["circle", "chart-bend"]]);
    set(group, { class: `chart-draft layer-${this.desk.state.layerNumber(draft.layer)}` });
    set(group.children[0], { d: smoothPath(draft.points) || null });
    const [x, y] = draft.points[draft.points.length - 1];
    set(group.children[1], { cx: x, cy: y, r: 6 * this.unitsPerPixel() });
  }

  focus(name) {
    this.marks.get(name)?.focus({ preventScroll: false });
  }

  // ---------------------------------------------------------------- pointer

  place(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return inside(this.view, Math.round(at.x), Math.round(at.y));
  }

  pointerDown(event) {
    if (event.button !== 0 || this.desk.tool !== "move") return;
    const group = event.target.closest("[data-mark]");
    if (!group || group.dataset.mark === "draft") return;
    this.drag = {
      name: group.dataset.mark,
      from: [event.clientX, event.clientY],
      start: this.place(event),
      origin: this.desk.placesOf(group.dataset.mark),
      hasMoved: false,
      id: `drag:${Date.now()}`,
    };
    this.svg.setPointerCapture(event.pointerId);
  }

  pointerMove(event) {
    if (!this.drag) return;
    const { from, start, origin, name, id } = this.drag;
    if (!this.drag.hasMoved && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < STARTS_TO_MOVE) return;
    this.drag.hasMoved = true;
    const here = this.place(event);
    this.desk.moveTo(name, origin, here[0] - start[0], here[1] - start[1], id);
  }

  drop() {
    const drag = this.drag;
    this.drag = null;
    this.justDragged = Boolean(drag?.hasMoved);
    if (drag?.hasMoved) this.desk.settle();
    else if (drag) this.desk.choose(drag.name);
  }

  click(event) {
    if (this.justDragged) {
      this.justDragged = false;
      return;
    }
    if (this.desk.tool === "move") {
      // The pointer was captured: what lies under it is asked, not what the event names.
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (!under?.closest("[data-mark]")) this.desk.choose("");
      return;
    }
    this.desk.putAt(...this.place(event));
  }

  // ---------------------------------------------------------------- keyboard

  focusIn(event) {
    const group = event.target.closest("[data-mark]");
    if (group && !this.drag) this.desk.choose(group.dataset.mark);
  }

  keyDown(event) {
    const name = event.target.closest("[data-mark]")?.dataset.mark;
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const by = event.shiftKey ? 10 : 1;
      this.desk.moveTo(name, this.desk.placesOf(name), step[0] * by, step[1] * by, `keys:${name}`);
      this.desk.settle();
      this.marks.get(name)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.desk.openForm(name);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.desk.remove(name);
    } else if (event.key === "Escape") {
      this.desk.choose("");
    }
  }
}
