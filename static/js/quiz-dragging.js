// Dragging with mouse, pen or finger, for the questions that have something to drag. What is
// dragged follows the pointer; the place under it is told. Whoever does not drag misses nothing.

const LEAST = 6;
const EDGE = 72;
const STEP = 14;

export class Dragging {
  // `find(element)`: what would be dragged from here, and null when nothing may be.
  // `over(place, dragged)`: shows where it would land; place is null outside of all places.
  // `drop(place, dragged)`: it landed.
  constructor(root, { find, places, over, drop }) {
    Object.assign(this, { root, find, places, over, drop });
    this.dragged = null;
    root.addEventListener("pointerdown", (event) => this.press(event));
    root.addEventListener("pointermove", (event) => this.move(event));
    root.addEventListener("pointerup", (event) => this.end(event, true));
    root.addEventListener("pointercancel", (event) => this.end(event, false));
    // A finger is held by what it touched until this takes over: that loss is the beginning.
    root.addEventListener("lostpointercapture", (event) => {
      if (event.target === root) this.end(event, false);
    });
    // The click at the end of a drag is none.
    root.addEventListener("click", (event) => this.swallow(event), true);
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.dragged) this.end({ pointerId: this.pointer }, false);
    });
  }

  press(event) {
    if (event.button || !event.isPrimary || this.dragged) return;
    const dragged = this.find(event.target, event.pointerType);
    if (!dragged) return;
    this.waiting = { dragged, x: event.clientX, y: event.clientY, id: event.pointerId };
  }

  move(event) {
    if (this.waiting?.id === event.pointerId) this.begin(event);
    if (!this.dragged || event.pointerId !== this.pointer) return;
    event.preventDefault();
    const isAbove = event.clientY < EDGE;
    if (isAbove || event.clientY > innerHeight - EDGE) {
      scrollBy({ top: isAbove ? -STEP : STEP, behavior: "instant" });
    }
    const x = event.clientX - this.from.x;
    const y = event.clientY + scrollY - this.from.y;
    this.dragged.style.transform = `translate(${x}px, ${y}px)`;
    this.target = this.placeAt(event.clientX, event.clientY);
    this.over(this.target, this.dragged);
  }

  begin(event) {
    const { dragged, x, y } = this.waiting;
    if (Math.hypot(event.clientX - x, event.clientY - y) < LEAST) return;
    this.waiting = null;
    this.dragged = dragged;
    this.pointer = event.pointerId;
    this.from = { x, y: y + scrollY };
    this.root.setPointerCapture(event.pointerId);
    this.root.classList.add("is-dragging");
    dragged.classList.add("is-dragged");
  }

  // Not by the element under the pointer: that is what is dragged.
  placeAt(x, y) {
    for (const place of this.places()) {
      if (place === this.dragged) continue;
      const box = place.getBoundingClientRect();
      if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return place;
    }
    return null;
  }

  end(event, isDropped) {
    if (this.waiting?.id === event.pointerId) this.waiting = null;
    if (!this.dragged || event.pointerId !== this.pointer) return;
    const { dragged, target } = this;
    this.dragged = this.target = null;
    dragged.style.transform = "";
    dragged.classList.remove("is-dragged");
    this.root.classList.remove("is-dragging");
    this.over(null, dragged);
    this.justDragged = true;
    setTimeout(() => { this.justDragged = false; });
    if (isDropped && target) this.drop(target, dragged);
  }

  swallow(event) {
    if (!this.justDragged) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

// A region that screen readers read aloud.
export function voiceIn(root) {
  const voice = document.createElement("p");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  root.append(voice);
  return (words) => {
    // The same words twice are news as well.
    voice.textContent = voice.textContent === words ? `${words}\u00a0` : words;
  };
}

export const wordsOf = (element) => element.textContent.replace(/\s+/g, " ").trim();
