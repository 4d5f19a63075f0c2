// What a chart says at this moment, every state before it, and the few ways to change it.

const MOST_STEPS = 200;
// Changes of one field or one drag within this time are one step back.
const ONE_STEP = 1500;

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// One spelling for one chart, whatever order its names stand in.
export function spelled(value) {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}

export function freeId(title, taken, fallback) {
  const plain = title.normalize("NFKD").replace(/[^\w\s-]/g, "").toLowerCase();
  const wanted = plain.replace(/[\s_-]+/g, "-").slice(0, 34).replace(/^-+|-+$/g, "") || fallback;
  let id = wanted;
  for (let count = 2; taken.includes(id); count += 1) id = `${wanted}-${count}`;
  return id;
}

export class ChartState {
  constructor(values) {
    this.values = values;
    this.past = [];
    this.future = [];
    this.merge = "";
    this.mergedAt = 0;
    this.listeners = [];
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  tell(options) {
    for (const listener of this.listeners) listener(options);
  }

  // `merge` names what goes on changing; `isTyping`: the form in front of the writer is right already.
  change(make, { merge = "", isTyping = false } = {}) {
    const before = JSON.stringify(this.values);
    make(this.values);
    if (JSON.stringify(this.values) === before) return false;
    const now = Date.now();
    if (!merge || merge !== this.merge || now - this.mergedAt > ONE_STEP) {
      this.past = [...this.past, before].slice(-MOST_STEPS);
    }
    this.future = [];
    this.merge = merge;
    this.mergedAt = now;
    this.tell({ isTyping });
    return true;
  }

  undo() {
    if (!this.past.length) return;
    this.future.push(JSON.stringify(this.values));
    this.put(this.past.pop());
  }

  redo() {
    if (!this.future.length) return;
    this.past.push(JSON.stringify(this.values));
    this.put(this.future.pop());
  }

  put(text) {
    this.values = JSON.parse(text);
    this.merge = "";
    this.tell({});
  }

  point(key) {
    return this.values.points.find((each) => each.key === key);
  }

  path(key) {
    return this.values.paths.find((each) => each.key === key);
  }

  view(id) {
    return this.values.views.find((each) => each.id === id);
  }

  layerNumber(id) {
    return this.values.layers.findIndex((each) => each.id === id) + 1;
  }
}

export function at(point, view) {
  return point.at.find((each) => each.view === view);
}

export function inside(view, x, y) {
  const [left, top, wide, high] = view.crop;
  const within = (value, low, length) => Math.round(Math.min(Math.max(value, low), low + length) * 10) / 10;
  return [within(x, left, wide), within(y, top, high)];
}

export function middle(view) {
  const [left, top, wide, high] = view.crop;
  return [Math.round(left + wide / 2), Math.round(top + high / 2)];
}

export function moved(list, index, by) {
  const to = index + by;
  if (to < 0 || to >= list.length) return;
  const [each] = list.splice(index, 1);
  list.splice(to, 0, each);
}
