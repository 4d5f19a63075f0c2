// Answers that the server has not confirmed yet, kept on this device until it has.
//
// One entry per question under its own key, so that two windows of the same attempt do not
// overwrite each other's. An entry is {number, fields, sent, stamp}: the response number the form
// knew, the fields as a form would send them, the fields of tries that got no answer, and a counter
// that tells whether the answer changed while it was under way.

const PREFIX = "quiz-answer:";
const MOST_TRIES = 8;

const sameFields = (one, other) =>
  JSON.stringify(Object.entries(one ?? {}).sort()) ===
  JSON.stringify(Object.entries(other ?? {}).sort());

export class Outbox {
  constructor(attempt) {
    this.prefix = `${PREFIX}${attempt}:`;
    this.memory = new Map();
    this.stamp = Date.now();
    this.isKept = true;
  }

  get(position) {
    try {
      const text = localStorage.getItem(this.prefix + position);
      if (text) return { sent: [], ...JSON.parse(text) };
    } catch {
      // A browser that keeps nothing, or something else under our key.
    }
    return this.memory.get(String(position)) ?? null;
  }

  put(position, entry) {
    const stamped = { ...entry, stamp: ++this.stamp };
    try {
      localStorage.setItem(this.prefix + position, JSON.stringify(stamped));
      this.memory.delete(String(position));
    } catch {
      this.isKept = false;
      this.memory.set(String(position), stamped);
    }
    return stamped;
  }

  remove(position) {
    this.memory.delete(String(position));
    try {
      localStorage.removeItem(this.prefix + position);
    } catch {
      // Nothing was kept.
    }
  }

  positions() {
    const found = new Set(this.memory.keys());
    try {
      for (let index = 0; index < localStorage.length; index++) {
        const key = localStorage.key(index);
        if (key?.startsWith(this.prefix)) found.add(key.slice(this.prefix.length));
      }
    } catch {
      // Only what is in memory.
    }
    return [...found].map(Number).sort((one, other) => one - other);
  }

  clear() {
    for (const position of this.positions()) this.remove(position);
  }
}

// Sends the entries of an outbox one after the other. `on(position, state, detail)` is told:
// saving, saved, kept (not sent, on this device), changed (a newer answer elsewhere), refused,
// closed. `onTrouble(kind)` is told "offline", "signed-out", "not-found" or "" when all is well.
export class Sender {
  constructor({ outbox, saveUrl, loginUrl, token, setToken, on, onTrouble }) {
    Object.assign(this, { outbox, saveUrl, token, setToken, on, onTrouble });
    this.loginPath = new URL(loginUrl, location.href).pathname;
    this.running = null;
    this.isClosed = false;
  }

  // Resolves to true when nothing is left to send.
  flush() {
    this.running ??= this.sendAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async sendAll() {
    for (;;) {
      const [position] = this.outbox.positions();
      if (position === undefined || this.isClosed) return true;
      const trouble = await this.sendOne(position);
      if (trouble) {
        for (const each of this.outbox.positions()) this.on(each, "kept");
        this.onTrouble(trouble);
        return false;
      }
      this.onTrouble("");
    }
  }

  async sendOne(position, isSecondTry = false) {
    const entry = this.outbox.get(position);
    if (!entry) {
      this.outbox.remove(position);
      return "";
    }
    this.on(position, "saving");
    let answer;
    try {
      answer = await fetch(this.saveUrl(position), {
        method: "POST",
        body: this.body(position, entry),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        keepalive: true,
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      this.rememberTry(position, entry);
      return "offline";
    }
    if (this.isLogin(answer)) return "signed-out";
    if (answer.status === 403 && !isSecondTry) {
      // After signing in again, in this window or another, the token of this page is an old one.
      const trouble = await this.renewToken();
      return trouble || this.sendOne(position, true);
    }
    const told = await this.read(answer);
    if (!told) {
      this.rememberTry(position, entry);
      return answer.status === 404 ? "not-found" : "offline";
    }
    this.settle(position, entry, answer.ok, told);
    return "";
  }

  settle(position, entry, isFine, told) {
    const now = this.outbox.get(position);
    const changedMeanwhile = now !== null && now.stamp !== entry.stamp;
    if (isFine) {
      if (changedMeanwhile) {
        this.outbox.put(position, { ...now, number: told.number, sent: [] });
        this.on(position, "number", told);
      } else {
        this.outbox.remove(position);
        this.on(position, "saved", told);
      }
    } else if (told.problem === "stale") {
      // The answer may be our own: sent before, stored, and its confirmation lost on the way.
      const isOurs =
        told.number === entry.number + 1 &&
        entry.sent.some((fields) => sameFields(answerOf(fields), told.fields));
      if (isOurs) {
        this.outbox.put(position, { ...(now ?? entry), number: told.number, sent: [] });
      } else {
        this.outbox.remove(position);
        this.on(position, "changed", told);
      }
    } else if (told.problem === "closed") {
      this.isClosed = true;
      this.outbox.clear();
      this.on(position, "closed", told);
    } else if (!changedMeanwhile) {
      // What was mended meanwhile stays here and is sent next.
      this.outbox.remove(position);
      this.on(position, "refused", told);
    }
  }

  rememberTry(position, entry) {
    const now = this.outbox.get(position);
    if (now) this.outbox.put(position, { ...now, sent: [...now.sent, entry.fields].slice(-MOST_TRIES) });
  }

  body(position, entry) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.token() });
    body.append(`q${position}-number`, entry.number);
    for (const [name, values] of Object.entries(entry.fields)) {
      for (const value of values) body.append(`q${position}-${name}`, value);
    }
    return body;
  }

  isLogin(answer) {
    return answer.redirected && new URL(answer.url).pathname === this.loginPath;
  }

  async read(answer) {
    if (!answer.headers.get("Content-Type")?.includes("application/json")) return null;
    try {
      return await answer.json();
    } catch {
      return null;
    }
  }

  async renewToken() {
    try {
      const page = await fetch(location.pathname, {
        credentials: "same-origin",
        signal: AbortSignal.timeout(15000),
      });
      if (this.isLogin(page)) return "signed-out";
      if (page.status === 404) return "not-found";
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

// The flag travels with the answer but is no part of it, and the server takes spaces that say
// nothing out of what was typed.
function answerOf(fields) {
  const { flag, ...answer } = fields;
  for (const [name, values] of Object.entries(answer)) {
    answer[name] = values.map((value) => value.trim().replace(/\s+/g, " "));
  }
  return answer;
}
