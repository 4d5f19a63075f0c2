// Where blocks came from. ProseMirror never changes a node: a block that nobody touched is still
// the same object, and is written as the very characters it was read from.

class Place {
  constructor({ node, text, before, previous }) {
    this.node = node;
    this.text = text;
    // What stood between the block before and this one: line ends, blank lines.
    this.before = before;
    this.previous = previous;
  }
}

export class Sources {
  constructor() {
    this.places = new WeakMap();
    this.rows = new WeakMap();
    this.rules = new WeakMap();
    this.tails = new WeakMap();
    this.known = [];
    this.tail = "\n";
  }

  // A run of neighbors, as MarkdownReader.cut finds it.
  rememberRun(found, lines, from, to) {
    let previous = null;
    let end = lines.starts[from];
    for (const { node, from: first, to: last } of found) {
      const place = new Place({
        node,
        text: lines.slice(first, last),
        before: lines.text.slice(end, lines.starts[first]),
        previous,
      });
      this.places.set(node, place);
      this.known.push(place);
      previous = place;
      end = lines.ends[last - 1];
    }
    if (previous) this.tails.set(previous, lines.text.slice(end, lines.ends[to - 1] ?? end));
  }

  rememberRow(row, text) {
    this.rows.set(row, text);
  }

  rememberRule(row, text) {
    this.rules.set(row, text);
  }

  // A text was read whole: from now on its end is the end, and older blocks are let go.
  startOver() {
    this.known = [];
  }

  // Undoing makes an equal node that is not the same object.
  of(node) {
    const place = this.places.get(node) ?? this.known.find((each) => each.node.eq(node));
    if (place) this.places.set(node, place);
    return place ?? null;
  }

  tailOf(place) {
    return this.tails.get(place);
  }
}
