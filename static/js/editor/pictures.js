// Pictures pasted or dropped into the text: a place is kept while they travel to the server.

import { schema } from "./schema.js";

const { figure } = schema.nodes;
let count = 0;

export class Pictures {
  constructor({ parts, upload, say }) {
    this.parts = parts;
    this.upload = upload;
    this.say = say;
    this.waiting = new Map();
  }

  get canUpload() {
    return Boolean(this.upload);
  }

  // The name under which a file waits; a figure with this `upload` marks its place.
  keep(file) {
    count += 1;
    const name = `picture-${count}`;
    this.waiting.set(name, file);
    return name;
  }

  node(file) {
    return figure.create({ upload: this.keep(file) });
  }

  // Sends what waits and has a place in the document.
  async send(view) {
    const names = [];
    view.state.doc.descendants((node) => {
      if (node.type === figure && this.waiting.has(node.attrs.upload)) names.push(node.attrs.upload);
    });
    for (const name of names) {
      const file = this.waiting.get(name);
      this.waiting.delete(name);
      this.say("The picture is being sent…");
      try {
        const { slug, url, ...more } = await this.upload(file);
        this.parts.figures.add({ slug, url, ...more });
        this.settle(view, name, (tr, pos) => {
          tr.setNodeMarkup(pos, null, { slug, alt: "", upload: "" });
        });
        this.say("The picture was added to the pictures of this course.");
      } catch (error) {
        this.settle(view, name, (tr, pos, node) => {
          tr.replaceWith(pos, pos + node.nodeSize, tr.doc.childCount > 1 ? [] : schema.nodes.paragraph.create());
        });
        this.say(error?.sentence ?? "The picture could not be sent, so it was taken out again.");
      }
    }
  }

  settle(view, name, change) {
    if (view.isDestroyed) return;
    const { tr } = view.state;
    view.state.doc.descendants((node, pos) => {
      if (node.type === figure && node.attrs.upload === name) change(tr, tr.mapping.map(pos), node);
    });
    // Undoing what was typed meanwhile must not bring back a picture without a name.
    if (tr.docChanged) view.dispatch(tr.setMeta("addToHistory", false));
  }
}

// A `data:` address to a file; null when it is no picture.
export function fileFromData(address) {
  const found = /^data:(image\/(?:png|jpeg|webp|gif));base64,([\w+/=\s]+)$/.exec(address);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2].replace(/\s/g, "")), (each) => each.charCodeAt(0));
    const ending = found[1].split("/")[1].replace("jpeg", "jpg");
    return new File([bytes], `pasted.${ending}`, { type: found[1] });
  } catch {
    return null;
  }
}
