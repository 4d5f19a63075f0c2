// What is typed into a form stays on this device until the server has it: a login that ended, a
// page that was closed, a browser that fell over lose no text. Marked by `data-draft="NAME"`; the
// form has one `textarea` and the hidden field `uid`, by which the server knows it again. The page
// on which a text stands once it was sent names these ids (`data-said`, or `data-draft-sent="NAME"`
// where there is none). With `data-draft-in-tab` it is kept in this tab alone: somebody else may
// sit at the same device afterwards.

const PREFIX = "draft:";
const KEPT_FOR = 30 * 24 * 3600 * 1000;

function read(store, name) {
  try {
    const found = JSON.parse(store.getItem(PREFIX + name) ?? "null");
    return typeof found?.text === "string" && Date.now() - found.at < KEPT_FOR ? found : null;
  } catch {
    return null;
  }
}

function forget(store, key) {
  try {
    store.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function forgetSent(store) {
  const said = new Set([...document.querySelectorAll("[data-said]")].map((row) => row.dataset.said));
  const sent = document.querySelector("[data-draft-sent]")?.dataset.draftSent;
  if (sent) forget(store, PREFIX + sent);
  try {
    for (const key of Object.keys(store)) {
      if (!key.startsWith(PREFIX)) continue;
      const kept = read(store, key.slice(PREFIX.length));
      if (!kept || said.has(kept.uid)) forget(store, key);
    }
  } catch {
    // Without a store nothing is kept.
  }
}

function keep(form) {
  const name = form.dataset.draft;
  const store = "draftInTab" in form.dataset ? sessionStorage : localStorage;
  const field = form.querySelector("textarea");
  const uid = form.elements.uid;
  const notice = form.querySelector("[data-draft-notice]");
  const write = () => {
    if (!field.value.trim()) {
      forget(store, PREFIX + name);
      return;
    }
    try {
      const kept = { at: Date.now(), text: field.value, uid: uid.value };
      store.setItem(PREFIX + name, JSON.stringify(kept));
    } catch {
      // Full or forbidden: the form works as it would without this file.
    }
  };
  const kept = read(store, name);
  if (field.value.trim()) {
    write();
  } else if (kept) {
    field.value = kept.text;
    // Its own id again: had it arrived after all, it is not said twice.
    uid.value = kept.uid;
    notice.hidden = false;
  }
  field.addEventListener("input", write);
  notice.querySelector("[data-draft-discard]").addEventListener("click", () => {
    field.value = "";
    uid.value = crypto.randomUUID?.() ?? "";
    write();
    notice.hidden = true;
    field.focus();
  });
}

for (const name of ["localStorage", "sessionStorage"]) {
  try {
    forgetSent(window[name]);
  } catch {
    // The browser allows none.
  }
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  try {
    keep(form);
  } catch {
    // The browser allows none.
  }
}
