// Small forms over the page: an address, a reference, a footnote.

let count = 0;

function element(tag, attrs = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function option({ value, label }, isChosen) {
  const made = element("option", { value }, label);
  made.selected = isChosen;
  return made;
}

// A field is { name, label, type, value, hint, options, rows, check }; `type` is text, area, select
// or checks (several of a list). `check` gives a sentence when the value will not do.
function makeField(field, id) {
  const hint = field.hint ? element("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
  const error = element("p", { class: "studio-error", id: `${id}-error`, role: "alert" });
  const described = [hint?.id, error.id].filter(Boolean).join(" ");
  if (field.type === "checks") return { ...makeChecks(field, id, hint, error), error };
  let control;
  if (field.type === "select") {
    control = element("select", { id, "aria-describedby": described });
    control.append(...field.options.map((each) => option(each, each.value === field.value)));
  } else if (field.type === "area") {
    control = element("textarea", { id, rows: field.rows ?? 4, "aria-describedby": described });
    if (field.isCode) control.classList.add("studio-code");
    control.value = field.value ?? "";
  } else {
    control = element("input", { id, type: "text", autocomplete: "off", "aria-describedby": described });
    control.value = field.value ?? "";
  }
  const box = element("div", { class: "field" }, element("label", { for: id }, field.label));
  if (hint) box.append(hint);
  box.append(error, control);
  return { box, control, error, read: () => (field.type === "area" ? control.value : control.value.trim()) };
}

function makeChecks(field, id, hint, error) {
  const list = element("div", { class: "studio-checks options", role: "group", "aria-labelledby": `${id}-name` });
  const labels = field.options.map(({ value, label }) => {
    const box = element("input", { type: "checkbox", value });
    box.checked = field.value.includes(value);
    return element("label", {}, box, element("span", {}, label));
  });
  list.append(...labels);
  const filter = element("input", { id, type: "search", autocomplete: "off", "aria-describedby": error.id });
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase();
    for (const label of labels) {
      const isFound = label.textContent.toLowerCase().includes(words);
      label.hidden = !isFound && !label.firstChild.checked;
    }
  });
  const box = element("div", { class: "field" }, element("span", { id: `${id}-name`, class: "studio-label" }, field.label));
  if (hint) box.append(hint);
  box.append(error, element("label", { for: id, class: "hint" }, "Find in the list"), filter, list);
  const read = () => {
    const chosen = labels.map((label) => label.firstChild).filter((each) => each.checked);
    return chosen.map((each) => each.value);
  };
  return { box, control: filter, read };
}

// Answers { action: "save" | "remove", values }, or null when nothing is wanted.
export function ask({ title, fields, save = "Save", remove = "" }) {
  count += 1;
  const prefix = `studio-dialog-${count}`;
  const dialog = element("dialog", { class: "dialog studio-dialog", "aria-labelledby": `${prefix}-heading` });
  const form = element("form", { method: "dialog", novalidate: true });
  const made = fields.map((field) => ({ field, ...makeField(field, `${prefix}-${field.name}`) }));
  const actions = element(
    "div",
    { class: "actions" },
    element("button", { class: "button", type: "submit" }, save),
  );
  const cancel = element("button", { class: "button button-secondary", type: "button" }, "Cancel");
  actions.append(cancel);
  const removal = element("button", { class: "button button-quiet", type: "button" }, remove);
  if (remove) actions.append(removal);
  form.append(...made.map((each) => each.box), actions);
  dialog.append(element("h2", { class: "panel-title", id: `${prefix}-heading` }, title), form);
  document.body.append(dialog);

  return new Promise((resolve) => {
    // At once, so that no letter typed after it is lost: the event of closing comes later.
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = Object.fromEntries(made.map(({ field, read }) => [field.name, read()]));
      let wrong = null;
      for (const { field, control, error } of made) {
        error.textContent = field.check?.(values[field.name], values) ?? "";
        control.toggleAttribute("aria-invalid", false);
        if (error.textContent) {
          control.setAttribute("aria-invalid", "true");
          wrong ??= control;
        }
      }
      if (wrong) {
        wrong.focus();
        return;
      }
      finish({ action: "save", values });
    });
    cancel.addEventListener("click", () => finish(null));
    removal.addEventListener("click", () => finish({ action: "remove", values: {} }));
    // Escape.
    dialog.addEventListener("close", () => finish(null));
    dialog.showModal();
    made[0]?.control.focus();
    made[0]?.control.select?.();
  });
}

export const needed = (sentence) => (value) => (value.length === 0 ? sentence : "");
