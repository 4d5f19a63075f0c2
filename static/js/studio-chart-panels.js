// The panels beside the drawing: the chosen point or stroke, the list, layers, views.

import { at, freeId, inside, middle, moved } from "./studio-chart-state.js";

const template = (name) => document.querySelector(`[data-template="${name}"]`).content.firstElementChild.cloneNode(true);

function option(value, title) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = title;
  return element;
}

function fill(select, choices, chosen) {
  select.append(...choices.map((each) => option(each.value, each.title)));
  select.value = chosen;
}

// What somebody typed as a number; null while it is none.
function read(input) {
  const text = input.value.trim().replace(",", ".");
  const value = Number(text);
  const isNumber = text !== "" && Number.isFinite(value);
  input.toggleAttribute("aria-invalid", false);
  if (!isNumber) input.setAttribute("aria-invalid", "true");
  return isNumber ? value : null;
}

let labels = 0;

// A field that stands there many times gets its label by number.
function label(row) {
  for (const each of row.querySelectorAll("[data-for]")) {
    const field = row.querySelector(`[data-field="${each.dataset.for}"]`);
    labels += 1;
    field.id = `chart-field-${labels}`;
    each.htmlFor = field.id;
  }
}

export class Panels {
  constructor(root, desk, data) {
    this.root = root;
    this.desk = desk;
    this.data = data;
    this.chosen = root.querySelector("[data-chosen]");
    this.list = root.querySelector("[data-list]");
    this.layers = root.querySelector("[data-layers]");
    this.views = root.querySelector("[data-view-list]");
    root.querySelector("[data-add-layer]").addEventListener("click", () => this.addLayer());
    for (const field of root.querySelectorAll("[data-about]")) {
      field.addEventListener("input", () => {
        this.state.change((values) => {
          values[field.dataset.about] = field.value;
        }, { merge: `about:${field.dataset.about}`, isTyping: true });
      });
    }
  }

  get state() {
    return this.desk.state;
  }

  render({ isTyping = false } = {}) {
    this.renderList();
    if (isTyping) {
      this.renderNumbers();
      return;
    }
    for (const field of this.root.querySelectorAll("[data-about]")) field.value = this.state.values[field.dataset.about];
    this.renderChosen();
    this.renderLayers();
    this.renderViews();
  }

  open(section) {
    this.root.querySelector(`[data-section="${section}"]`).open = true;
  }

  layerChoices() {
    return this.state.values.layers.map((each) => ({ value: each.id, title: each.title || each.id }));
  }

  // ---------------------------------------------------------------- what is chosen

  renderChosen() {
    const { kind, key } = this.desk.chosen;
    const row = kind === "point" ? this.state.point(key) : kind === "path" ? this.state.path(key) : null;
    if (!row) this.chosen.replaceChildren(template("nothing"));
    else if (kind === "point") this.chosen.replaceChildren(this.pointForm(row));
    else this.chosen.replaceChildren(this.strokeForm(row));
  }

  bindFields(form, find) {
    for (const field of form.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      const isCheck = field.type === "checkbox";
      field.addEventListener("input", () => {
        this.state.change(() => {
          const row = find();
          if (!row) return;
          if (isCheck) row[name] = field.checked;
          else if (name === "order") row[name] = field.value.trim() === "" ? null : read(field) ?? row[name];
          else row[name] = field.value;
        }, { merge: `field:${name}:${find()?.key ?? find()?.id}`, isTyping: true });
      });
    }
  }

  bindPlace(form, name, list, key) {
    form.querySelector("[data-earlier]").addEventListener("click", () => this.reorder(list, key, -1));
    form.querySelector("[data-later]").addEventListener("click", () => this.reorder(list, key, 1));
    form.querySelector("[data-remove]").addEventListener("click", () => this.desk.remove(name));
  }

  reorder(list, key, by) {
    const button = document.activeElement?.matches("[data-earlier]") ? "[data-earlier]" : "[data-later]";
    this.state.change((values) => {
      moved(values[list], values[list].findIndex((each) => each.key === key), by);
    });
    this.chosen.querySelector(button)?.focus();
  }

  pointForm(point) {
    const form = template("point");
    const find = () => this.state.point(point.key);
    fill(form.querySelector('[data-field="layer"]'), this.layerChoices(), point.layer);
    fill(form.querySelector('[data-field="caution_level"]'), this.data.levels, point.caution_level);
    for (const field of form.querySelectorAll("[data-field]")) field.value = point[field.dataset.field];
    this.bindFields(form, find);
    const places = form.querySelector("[data-places]");
    for (const view of this.state.values.views) places.append(this.placeRow(point, view));
    this.references(form, point);
    this.bindPlace(form, `point:${point.key}`, "points", point.key);
    return form;
  }

  placeRow(point, view) {
    const row = template("place");
    const find = () => at(this.state.point(point.key), view.id);
    const stands = row.querySelector("[data-stands]");
    const numbers = row.querySelector("[data-numbers]");
    row.querySelector("[data-view-title]").textContent = view.title;
    row.dataset.viewId = view.id;
    fill(row.querySelector("[data-side]"), this.data.sides, find()?.label ?? "e");
    stands.checked = Boolean(find());
    numbers.hidden = !stands.checked;
    stands.addEventListener("change", () => {
      const others = this.state.point(point.key).at.filter((each) => each.view !== view.id);
      if (!stands.checked && !others.length) {
        stands.checked = true;
        this.desk.say(this.desk.words.oneView);
        return;
      }
      this.state.change((values) => {
        const [x, y] = middle(view);
        const now = this.state.point(point.key);
        const all = stands.checked ? [...others, { view: view.id, x, y, label: "e" }] : others;
        // In the order of the views, as the table of a lesson names them.
        now.at = values.views.map((each) => all.find((place) => place.view === each.id)).filter(Boolean);
      }, { isTyping: true });
      numbers.hidden = !stands.checked;
      if (stands.checked) this.desk.show(view.id);
      this.renderNumbers();
    });
    for (const input of row.querySelectorAll("[data-axis]")) {
      input.addEventListener("input", () => {
        const value = read(input);
        if (value === null) return;
        this.state.change(() => {
          const place = find();
          place[input.dataset.axis] = value;
          [place.x, place.y] = inside(view, place.x, place.y);
        }, { merge: `place:${point.key}:${view.id}`, isTyping: true });
      });
      input.addEventListener("change", () => this.renderNumbers(true));
      input.value = find()?.[input.dataset.axis] ?? "";
    }
    row.querySelector("[data-side]").addEventListener("change", (event) => {
      this.state.change(() => {
        find().label = event.target.value;
      }, { isTyping: true });
    });
    return row;
  }

  // Numbers follow the drawing, but never the field somebody is typing in.
  renderNumbers(isForced = false) {
    const { kind, key } = this.desk.chosen;
    if (kind === "point") {
      const point = this.state.point(key);
      for (const row of point ? this.chosen.querySelectorAll("[data-view-id]") : []) {
        const place = at(point, row.dataset.viewId);
        for (const input of place ? row.querySelectorAll("[data-axis]") : []) {
          if (isForced || input !== document.activeElement) input.value = place[input.dataset.axis];
        }
      }
    }
    if (kind === "path") {
      const path = this.state.path(key);
      [...this.chosen.querySelectorAll("[data-bends] > li")].forEach((row, index) => {
        const place = path?.points[index];
        for (const input of place ? row.querySelectorAll("[data-axis]") : []) {
          if (isForced || input !== document.activeElement) input.value = place[input.dataset.axis === "x" ? 0 : 1];
        }
      });
    }
  }

  references(form, point) {
    const list = form.querySelector("[data-references]");
    const count = form.querySelector("[data-reference-count]");
    form.querySelector("[data-references-box]").hidden = !this.data.references.length;
    const tell = () => {
      count.textContent = this.state.point(point.key).references.length || "";
    };
    for (const each of this.data.references) {
      const line = document.createElement("label");
      line.className = "check";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.autocomplete = "off";
      box.checked = point.references.includes(each.slug);
      box.addEventListener("change", () => {
        this.state.change(() => {
          const now = this.state.point(point.key);
          now.references = now.references.filter((slug) => slug !== each.slug);
          if (box.checked) now.references.push(each.slug);
        }, { isTyping: true });
        tell();
      });
      const words = document.createElement("span");
      words.textContent = `${each.number}. ${each.text}`;
      line.append(box, words);
      list.append(line);
    }
    tell();
  }

  strokeForm(path) {
    const form = template("stroke");
    const find = () => this.state.path(path.key);
    fill(form.querySelector('[data-field="layer"]'), this.layerChoices(), path.layer);
    for (const field of form.querySelectorAll("[data-field]")) {
      if (field.type === "checkbox") field.checked = path.arrow;
      else field.value = path[field.dataset.field] ?? "";
    }
    this.bindFields(form, find);
    form.querySelector("[data-bends]").append(...path.points.map((_, index) => this.bendRow(path, index)));
    form.querySelector("[data-reverse]").addEventListener("click", () => {
      this.state.change(() => find().points.reverse());
      this.chosen.querySelector("[data-reverse]")?.focus();
    });
    form.querySelector("[data-add-bend]").addEventListener("click", () => {
      this.desk.addBend(path.key);
      this.chosen.querySelector("[data-add-bend]")?.focus();
    });
    this.bindPlace(form, `path:${path.key}`, "paths", path.key);
    return form;
  }

  bendRow(path, index) {
    const row = template("bend");
    for (const input of row.querySelectorAll("[data-axis]")) {
      const axis = input.dataset.axis === "x" ? 0 : 1;
      input.value = path.points[index][axis];
      input.addEventListener("input", () => {
        const value = read(input);
        if (value === null) return;
        this.state.change(() => {
          const now = this.state.path(path.key);
          const place = [...now.points[index]];
          place[axis] = value;
          now.points[index] = inside(this.state.view(now.view), ...place);
        }, { merge: `bend:${path.key}:${index}`, isTyping: true });
      });
      input.addEventListener("change", () => this.renderNumbers(true));
    }
    const remove = row.querySelector("[data-remove-bend]");
    remove.disabled = path.points.length <= 2;
    remove.addEventListener("click", () => this.desk.remove(`bend:${path.key}:${index}`));
    return row;
  }

  // ---------------------------------------------------------------- the list

  renderList() {
    const { values } = this.state;
    const focused = document.activeElement?.closest("[data-list] [data-name]")?.dataset.name;
    const parts = [];
    values.layers.forEach((layer, index) => {
      const points = values.points.filter((each) => each.layer === layer.id);
      const paths = values.paths.filter((each) => each.layer === layer.id);
      if (!points.length && !paths.length) return;
      const heading = document.createElement("h3");
      heading.textContent = layer.title;
      heading.className = `chart-list-heading layer-${index + 1}`;
      const list = document.createElement("ul");
      list.className = "chart-list-rows";
      list.append(
        ...points.map((each) => this.listRow(`point:${each.key}`, each.code, each.name || this.desk.words.unnamed)),
        ...paths.map((each) => this.listRow(`path:${each.key}`, each.order ? String(each.order) : "→", each.title || this.desk.words.stroke)),
      );
      parts.push(heading, list);
    });
    if (!parts.length) {
      const nothing = document.createElement("p");
      nothing.className = "quiet";
      nothing.textContent = this.desk.words.empty;
      parts.push(nothing);
    }
    this.list.replaceChildren(...parts);
    if (focused) this.list.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
    this.root.querySelector("[data-count]").textContent = values.points.length + values.paths.length || "";
  }

  listRow(name, code, title) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chart-list-row";
    button.dataset.name = name;
    const [kind, key] = name.split(":");
    if (this.desk.isChosen(kind, key)) button.setAttribute("aria-current", "true");
    const first = document.createElement("b");
    first.textContent = code;
    const second = document.createElement("span");
    second.textContent = title;
    button.append(first, second);
    button.addEventListener("click", () => this.desk.openForm(name));
    row.append(button);
    return row;
  }

  // ---------------------------------------------------------------- layers and views

  renderLayers() {
    const { layers } = this.state.values;
    this.layers.replaceChildren(...layers.map((layer, index) => this.layerRow(layer, index, layers.length)));
    this.root.querySelector("[data-add-layer]").disabled = layers.length >= this.data.most.layers;
  }

  layerRow(layer, index, count) {
    const row = template("layer");
    row.dataset.layer = layer.id;
    row.classList.add(`layer-${index + 1}`);
    fill(row.querySelector('[data-field="kind"]'), this.data.kinds, layer.kind);
    row.querySelector('[data-field="title"]').value = layer.title;
    row.querySelector('[data-field="on"]').checked = layer.on;
    label(row);
    this.bindFields(row, () => this.state.values.layers.find((each) => each.id === layer.id));
    const here = row.querySelector("[data-here]");
    here.checked = this.desk.isShown(layer.id);
    here.addEventListener("change", () => this.desk.showLayer(layer.id, here.checked));
    this.bindOrder(row, "layers", index, count, layer.title);
    row.querySelector("[data-remove]").addEventListener("click", () => this.removeLayer(layer));
    return row;
  }

  bindOrder(row, list, index, count, title) {
    for (const [name, by] of [["up", -1], ["down", 1]]) {
      const button = row.querySelector(`[data-${name}]`);
      button.disabled = by < 0 ? index === 0 : index === count - 1;
      button.setAttribute("aria-label", `${button.textContent}: ${title}`);
      button.addEventListener("click", () => {
        this.state.change((values) => moved(values[list], index, by));
        const rows = list === "layers" ? this.layers : this.views;
        const now = rows.children[index + by];
        (now?.querySelector(`[data-${name}]:not(:disabled)`) ?? now?.querySelector("input"))?.focus();
      });
    }
    const remove = row.querySelector("[data-remove]");
    remove.disabled = count === 1;
    remove.setAttribute("aria-label", `${remove.textContent}: ${title}`);
  }

  addLayer() {
    this.state.change((values) => {
      const title = `${this.desk.words.layer} ${values.layers.length + 1}`;
      const id = freeId(title, values.layers.map((each) => each.id), "layer");
      values.layers.push({ id, title, kind: "points", on: true });
    });
    const input = this.layers.lastElementChild.querySelector("input");
    input.focus();
    input.select();
  }

  removeLayer(layer) {
    this.state.change((values) => {
      values.layers = values.layers.filter((each) => each.id !== layer.id);
      values.points = values.points.filter((each) => each.layer !== layer.id);
      values.paths = values.paths.filter((each) => each.layer !== layer.id);
    });
    this.desk.say(this.desk.words.removed(layer.title));
    this.layers.querySelector("input")?.focus();
  }

  renderViews() {
    const { views } = this.state.values;
    this.views.replaceChildren(...views.map((view, index) => this.viewRow(view, index, views.length)));
  }

  viewRow(view, index, count) {
    const row = template("view");
    const title = row.querySelector('[data-field="title"]');
    title.value = view.title;
    label(row);
    this.bindFields(row, () => this.state.view(view.id));
    for (const input of row.querySelectorAll("[data-crop]")) {
      const side = Number(input.dataset.crop);
      input.value = view.crop[side];
      input.addEventListener("change", () => this.crop(view.id, side, read(input)));
    }
    this.bindOrder(row, "views", index, count, view.title);
    row.querySelector("[data-remove]").addEventListener("click", () => this.removeView(view));
    return row;
  }

  // The part shown never leaves the drawing, nor leaves a point outside.
  crop(id, side, value) {
    if (value === null) return;
    this.state.change((values) => {
      const view = this.state.view(id);
      const crop = [...view.crop];
      crop[side] = value;
      const length = (from, size, whole) => [Math.min(Math.max(from, 0), whole - 10), size];
      [crop[0], crop[2]] = length(crop[0], crop[2], view.width);
      [crop[1], crop[3]] = length(crop[1], crop[3], view.height);
      crop[2] = Math.min(Math.max(crop[2], 10), view.width - crop[0]);
      crop[3] = Math.min(Math.max(crop[3], 10), view.height - crop[1]);
      const places = [
        ...values.points.map((each) => at(each, id)).filter(Boolean).map((each) => [each.x, each.y]),
        ...values.paths.filter((each) => each.view === id).flatMap((each) => each.points),
      ];
      const isOutside = places.some(([x, y]) =>
        x < crop[0] || y < crop[1] || x > crop[0] + crop[2] || y > crop[1] + crop[3]);
      if (isOutside) this.desk.say(this.desk.words.outside);
      else view.crop = crop;
    });
    this.renderViews();
  }

  removeView(view) {
    this.state.change((values) => {
      values.views = values.views.filter((each) => each.id !== view.id);
      values.paths = values.paths.filter((each) => each.view !== view.id);
      for (const point of values.points) point.at = point.at.filter((each) => each.view !== view.id);
      values.points = values.points.filter((each) => each.at.length);
    });
    this.desk.say(this.desk.words.removed(view.title));
    this.views.querySelector("input")?.focus();
  }
}
