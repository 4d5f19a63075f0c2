// Large files in pieces: progress, pause, and going on after a lost network or a reload. Without
// this script the form sends the file whole.

const PIECE = 2 * 1024 * 1024;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 20000;
const LOOK_AGAIN = 2000;

const form = document.querySelector("[data-upload-form]");
const list = document.querySelector("[data-uploads]");
const senders = new Set();

const token = () => form.elements.csrfmiddlewaretoken.value;
const wait = (milliseconds) =>
  new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
  });

// The same file, chosen again, is known by this; its bytes are not looked at.
function fingerprint(file) {
  let hash = 0x811c9dc5;
  for (const letter of file.name) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return `${file.size}-${file.lastModified}-${hash.toString(16)}`.slice(0, 64);
}

function sizeInWords(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

class SignedOut extends Error {}
class Refused extends Error {}
class Gone extends Error {}

async function ask(url, options = {}) {
  const answer = await fetch(url, {
    credentials: "same-origin",
    signal: AbortSignal.timeout(120000),
    ...options,
    headers: { Accept: "application/json", "X-Requested-With": "fetch", "X-CSRFToken": token(), ...options.headers },
  });
  if (answer.redirected || answer.status === 403) throw new SignedOut();
  if (answer.status === 404) throw new Gone();
  if (answer.status >= 500 || !answer.headers.get("Content-Type")?.includes("json")) throw new TypeError("no answer");
  const told = await answer.json();
  if (answer.status === 422) throw new Refused(told.sentence);
  return told;
}

// ------------------------------------------------------------------ the line of one file

class Line {
  constructor(element) {
    this.element = element;
    this.state = element.querySelector("[data-upload-state]");
    this.figure = element.querySelector("[data-upload-figure]");
    this.actions = element.querySelector("[data-upload-actions]");
  }

  static make(name) {
    const element = document.createElement("li");
    element.className = "row upload";
    const title = document.createElement("span");
    title.className = "row-title";
    title.textContent = name;
    const figure = document.createElement("span");
    figure.className = "row-meta";
    figure.dataset.uploadFigure = "";
    const state = document.createElement("p");
    state.className = "row-note";
    state.setAttribute("role", "status");
    state.dataset.uploadState = "";
    const actions = document.createElement("div");
    actions.className = "upload-actions";
    actions.dataset.uploadActions = "";
    element.append(title, figure, state, actions);
    list.append(element);
    return new Line(element);
  }

  say(sentence, { isTrouble = false, link = null } = {}) {
    this.state.classList.toggle("studio-warn", isTrouble);
    const parts = [sentence];
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.textContent = link.text;
      if (link.isNewTab) {
        anchor.target = "_blank";
        anchor.rel = "noopener";
      }
      parts.push(" ", anchor);
    }
    if (this.state.textContent !== parts.map((each) => each.textContent ?? each).join("")) {
      this.state.replaceChildren(...parts);
    }
  }

  show(received, size) {
    const percent = Math.floor((received * 100) / size);
    this.figure.textContent = `${percent} % of ${sizeInWords(size)}`;
    this.bar ??= this.element.querySelector("[data-upload-progress]") ?? this.makeBar();
    this.bar.value = percent;
  }

  makeBar() {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.dataset.uploadProgress = "";
    bar.setAttribute("aria-label", `Sent of ${this.element.querySelector(".row-title").textContent}`);
    this.state.before(bar);
    return bar;
  }

  buttons(...buttons) {
    const hadFocus = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(
      ...buttons.map(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button-secondary button-small";
        button.textContent = label;
        button.addEventListener("click", act);
        return button;
      }),
    );
    if (hadFocus) this.actions.querySelector("button")?.focus();
  }
}

// ------------------------------------------------------------------ sending one file

class Sender {
  constructor(file, line) {
    this.file = file;
    this.line = line;
    this.isPaused = false;
    this.isDropped = false;
    this.received = 0;
  }

  async run() {
    senders.add(this);
    this.isPaused = false;
    try {
      await this.send();
    } catch (error) {
      if (error instanceof Refused) {
        this.line.say(error.message, { isTrouble: true });
        this.line.buttons(...(this.place ? [["Drop it", () => this.drop()]] : []));
      } else if (error instanceof SignedOut) {
        const next = encodeURIComponent(location.pathname);
        this.line.say("You have been signed out. What was sent is kept. Sign in again, then load this page anew and choose the same file.", {
          isTrouble: true,
          link: { url: `${form.dataset.loginUrl}?next=${next}`, text: "Sign in (opens a new tab)", isNewTab: true },
        });
        this.line.buttons();
      } else if (!(error instanceof Gone)) throw error;
    } finally {
      senders.delete(this);
    }
    if (this.isDone) leave();
  }

  async send() {
    this.place ??= await this.patiently(() => this.begin());
    this.take(this.place);
    this.line.element.dataset.url = this.place.url;
    this.showButtons();
    while (this.received < this.file.size) {
      if (this.isDropped) return;
      if (this.isPaused) {
        this.line.say("Paused. What was sent is kept.");
        return;
      }
      this.line.say("Sending…");
      this.take(await this.patiently(() => this.piece()));
    }
    this.line.buttons();
    await this.patiently(() => ask(this.place.finish_url, { method: "POST" }));
    await watch(this.line, this.place.url);
    this.isDone = true;
  }

  begin() {
    const told = new URLSearchParams({
      file_name: this.file.name,
      size: String(this.file.size),
      fingerprint: fingerprint(this.file),
      replaces: form.dataset.replaces,
    });
    return ask(form.dataset.beginUrl, { method: "POST", body: told });
  }

  // 409 is no trouble: the answer says where the file goes on.
  piece() {
    const piece = this.file.slice(this.received, this.received + PIECE);
    return ask(this.place.url, {
      method: "PUT",
      body: piece,
      headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(this.received) },
    });
  }

  take(told) {
    this.received = told.received;
    this.line.show(told.received, told.size);
  }

  // Again and again while the network is away; then from where the server says it is.
  async patiently(act) {
    for (let pause = FIRST_WAIT; ; pause = Math.min(pause * 2, LONGEST_WAIT)) {
      try {
        return await act();
      } catch (error) {
        if (error instanceof Refused || error instanceof SignedOut || error instanceof Gone) throw error;
        if (this.isPaused || this.isDropped) throw new Gone();
        this.line.say("No connection. It goes on by itself as soon as it is back.", { isTrouble: true });
        await wait(pause);
        if (this.isPaused) return this.place;
      }
    }
  }

  showButtons() {
    this.line.buttons(
      this.isPaused ? ["Go on", () => this.goOn()] : ["Pause", () => this.pause()],
      ["Drop it", () => this.drop()],
    );
  }

  pause() {
    this.isPaused = true;
    this.showButtons();
  }

  goOn() {
    this.isPaused = false;
    this.showButtons();
    if (!senders.has(this)) this.run();
  }

  async drop() {
    this.isDropped = true;
    this.line.buttons();
    await fetch(this.place.drop_url, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
      credentials: "same-origin",
      redirect: "manual",
    });
    this.line.element.remove();
  }
}

// Looks until the file has become a recording, or was refused.
async function watch(line, url) {
  line.bar?.remove();
  line.say("All of it is here. It is being looked into; that takes a minute or two.");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    let told;
    try {
      told = await ask(url);
    } catch (error) {
      if (error instanceof Gone) {
        line.say("Done.");
        return;
      }
      if (error instanceof SignedOut) throw error;
      continue;
    }
    if (told.state === "refused") throw new Refused(told.sentence);
    // The work failed for no fault of the file; the page offers to try again.
    if (told.state === "receiving") return;
  }
}

// The page is loaded anew when nothing is on its way: the list then shows what has come.
function leave() {
  if (!senders.size) location.reload();
}

function startWith(file) {
  const mark = fingerprint(file);
  const known = [...list.querySelectorAll("[data-state=receiving]")].find((each) => each.dataset.fingerprint === mark);
  new Sender(file, known ? new Line(known) : Line.make(file.name)).run();
}

if (form && list) {
  form.addEventListener("submit", (event) => {
    const field = form.elements.file;
    if (!field.files.length) return;
    event.preventDefault();
    for (const file of field.files) startWith(file);
    field.value = "";
  });
  for (const element of list.querySelectorAll("[data-state=inspecting]")) {
    const line = new Line(element);
    watch(line, element.dataset.url).then(leave, (error) => error instanceof Refused && location.reload());
  }
  window.addEventListener("beforeunload", (event) => {
    if ([...senders].some((each) => !each.isPaused && each.received < each.file.size)) event.preventDefault();
  });
}
