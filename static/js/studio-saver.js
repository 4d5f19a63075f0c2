// Sends a text until the server has confirmed it. One at a time; what is typed meanwhile is sent
// next. The text on this device is removed only when that very text was confirmed.

const RETRY_AFTER = 8000;

const same = (one, other) => one && other && one.title === other.title && one.body === other.body;
// The server keeps one newline at the end and no blanks around.
const bare = (text) => ({ title: text.title.trim(), body: text.body.trim() });

export class KeptText {
  constructor(name) {
    this.name = `studio:${name}`;
    this.isKept = true;
  }

  get() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name) ?? "null");
      return typeof found?.body === "string" ? found : null;
    } catch {
      return null;
    }
  }

  put(text) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), ...text }));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }

  remove() {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // Nothing was kept.
    }
  }
}

export class Saver {
  constructor(options) {
    Object.assign(this, options);
    this.loginPath = new URL(this.loginUrl, location.href).pathname;
    this.saved = this.stored ?? this.text();
    this.sent = [];
    // What this window has set aside on the server; another window has another.
    this.aside = "";
    this.running = null;
    this.again = 0;
    this.isStopped = false;
  }

  isDirty() {
    return !same(this.text(), this.saved);
  }

  save() {
    this.running ??= this.saveAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async saveAll() {
    clearTimeout(this.again);
    while (this.isDirty() && !this.isStopped) {
      const trouble = await this.saveOnce();
      if (trouble === "again") continue;
      if (!trouble) continue;
      this.on(trouble);
      if (trouble === "offline") this.again = setTimeout(() => this.save(), RETRY_AFTER);
      return;
    }
  }

  async saveOnce(isSecondTry = false) {
    const text = this.text();
    this.on("saving");
    let answer;
    try {
      answer = await fetch(this.url, {
        method: "POST",
        body: new URLSearchParams({
          csrfmiddlewaretoken: this.token(),
          title: text.title,
          body: text.body,
          based_on: this.number(),
          instead_of: this.aside,
        }),
        headers: { Accept: "application/json", "X-Requested-With": "fetch" },
        credentials: "same-origin",
        signal: AbortSignal.timeout(20000),
      });
    } catch {
      this.sent = [...this.sent, bare(text)].slice(-8);
      return "offline";
    }
    if (answer.redirected && new URL(answer.url).pathname === this.loginPath) return "signed-out";
    if (answer.status === 403 && !isSecondTry) {
      return (await this.renewToken()) || this.saveOnce(true);
    }
    let told;
    try {
      told = await answer.json();
    } catch {
      this.sent = [...this.sent, bare(text)].slice(-8);
      return "offline";
    }
    return this.settle(answer, told, text);
  }

  settle(answer, told, text) {
    if (answer.ok) {
      this.setNumber(told.number);
      this.saved = text;
      this.sent = [];
      this.aside = "";
      if (!this.isDirty()) this.kept.remove();
      else this.kept.put({ ...this.text(), number: told.number });
      this.on("saved", told);
      return "";
    }
    if (answer.status === 409) {
      // The newer text may be our own: stored, and its confirmation lost on the way.
      if (this.sent.some((each) => same(each, bare(told)))) {
        this.sent = [];
        this.setNumber(told.number);
        return "again";
      }
      // The server keeps this text beside the other one, and what is typed from now on too: it is
      // sent like any other, over the same number, and takes its place there.
      this.saved = text;
      this.aside = told.aside ?? "";
      if (!this.isDirty()) this.kept.remove();
      else this.kept.put({ ...this.text(), number: this.number() });
      this.on("moved", told);
      return "moved-told";
    }
    this.on("refused", told);
    return "refused-told";
  }

  async renewToken() {
    try {
      const page = await fetch(location.pathname, { credentials: "same-origin", signal: AbortSignal.timeout(15000) });
      if (page.redirected && new URL(page.url).pathname === this.loginPath) return "signed-out";
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = fresh.querySelector("[name=csrfmiddlewaretoken]")?.value;
      if (!token) return "signed-out";
      this.setToken(token);
      return "";
    } catch {
      return "offline";
    }
  }
}
