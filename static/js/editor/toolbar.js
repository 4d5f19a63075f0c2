// The row of buttons. One of them is in the tab order; arrow keys go through the rest.

import { titleOf } from "./tools.js";

let count = 0;

function make(tag, attrs = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, value);
  return made;
}

// A few words under a word that not everybody knows. It keeps its name; the hint describes it.
function hint(button, tool, id) {
  const words = make("small", { id, class: "studio-tool-hint" });
  words.textContent = tool.hint;
  button.classList.add("has-hint");
  if (!button.hasAttribute("aria-label")) button.setAttribute("aria-label", tool.label);
  button.setAttribute("aria-describedby", id);
  button.append(words);
}

// Moves focus within a row or a column of buttons.
function rove(event, buttons, [back, forward]) {
  const shown = buttons.filter((each) => !each.hidden);
  const here = shown.indexOf(document.activeElement);
  const steps = { [back]: here - 1, [forward]: here + 1, Home: 0, End: shown.length - 1 };
  if (here === -1 || !(event.key in steps)) return;
  event.preventDefault();
  const target = shown[(steps[event.key] + shown.length) % shown.length];
  for (const each of shown) each.tabIndex = each === target ? 0 : -1;
  target.focus();
}

export class Toolbar {
  constructor({ groups, onMode, controls }) {
    count += 1;
    this.prefix = `studio-toolbar-${count}`;
    this.items = [];
    this.menus = [];
    this.view = null;
    this.dom = make("div", { class: "studio-tools" });
    this.row = make("div", { class: "studio-toolbar", role: "toolbar", "aria-label": "Formatting", "aria-controls": controls });
    this.panels = make("div", { class: "studio-menus" });
    for (const group of groups) {
      const box = make("div", { class: "studio-tool-group" });
      for (const tool of group) box.append(this.button(tool));
      this.row.append(box);
    }
    this.mode = make("button", { type: "button", class: "studio-tool studio-mode", "aria-pressed": "false" });
    this.mode.append("Markdown");
    hint(this.mode, { label: "Markdown", hint: "text with its marks" }, `${this.prefix}-mode`);
    this.mode.title = "Show the text as Markdown, or as it looks";
    this.mode.addEventListener("click", () => onMode());
    const last = make("div", { class: "studio-tool-group" });
    last.append(this.mode);
    this.row.append(last);
    this.dom.append(this.row, this.panels);
    this.row.addEventListener("keydown", (event) => {
      rove(event, this.buttons, ["ArrowLeft", "ArrowRight"]);
      if (event.key === "Escape") this.view?.focus();
    });
    // The text keeps its selection while a button is pressed.
    this.dom.addEventListener("mousedown", (event) => event.preventDefault());
    this.buttons.forEach((each, index) => {
      each.tabIndex = index === 0 ? 0 : -1;
    });
    this.onOutside = (event) => {
      if (!this.dom.contains(event.target)) this.closeMenus();
    };
    document.addEventListener("pointerdown", this.onOutside);
    // A phone may be turned under an open menu.
    this.onResize = () => this.menus.filter(({ panel }) => !panel.hidden).forEach(({ place }) => place());
    window.addEventListener("resize", this.onResize);
  }

  get buttons() {
    return [...this.row.querySelectorAll("button")];
  }

  button(tool) {
    const dom = make("button", { type: "button", class: "studio-tool", title: titleOf(tool) });
    const words = make(tool.style ?? "span");
    words.textContent = tool.label;
    dom.append(words);
    if (tool.name) dom.setAttribute("aria-label", tool.name);
    if (tool.hint) hint(dom, tool, `${this.prefix}-${tool.label.toLowerCase()}-hint`);
    if (tool.isOn) dom.setAttribute("aria-pressed", "false");
    this.items.push({ tool, dom });
    if (tool.menu) this.menu(tool, dom);
    else dom.addEventListener("click", () => this.press(tool, dom));
    return dom;
  }

  press(tool, dom) {
    if (dom.getAttribute("aria-disabled") === "true") return;
    const isByKey = document.activeElement === dom;
    tool.run(this.view);
    // By keyboard one stays in the row, unless a form was opened.
    if (!isByKey && !document.querySelector("dialog[open]")) this.view.focus();
  }

  menu(tool, dom) {
    const id = `${this.prefix}-${tool.label.toLowerCase()}`;
    const panel = make("div", { class: "studio-menu", role: "menu", id, "aria-label": tool.label });
    panel.hidden = true;
    const choices = tool.menu.map((choice) => {
      const item = make("button", { type: "button", role: "menuitem", tabindex: "-1", class: "studio-menu-item" });
      item.textContent = choice.label;
      if (choice.hint) hint(item, choice, `${id}-${tool.menu.indexOf(choice)}`);
      item.addEventListener("click", () => {
        if (item.getAttribute("aria-disabled") === "true") return;
        this.closeMenus();
        choice.run(this.view);
        if (!document.querySelector("dialog[open]")) this.view.focus();
      });
      this.items.push({ tool: choice, dom: item });
      return item;
    });
    panel.append(...choices);
    dom.setAttribute("aria-haspopup", "menu");
    dom.setAttribute("aria-expanded", "false");
    dom.setAttribute("aria-controls", id);
    dom.classList.add("studio-tool-menu");
    const place = () => {
      const start = dom.getBoundingClientRect().left - this.dom.getBoundingClientRect().left;
      const most = this.dom.clientWidth - panel.offsetWidth;
      panel.style.setProperty("inset-inline-start", `${Math.max(0, Math.min(start, most))}px`);
    };
    const open = () => {
      this.closeMenus();
      panel.hidden = false;
      dom.setAttribute("aria-expanded", "true");
      place();
      choices[0].focus();
    };
    dom.addEventListener("click", () => (panel.hidden ? open() : this.closeMenus()));
    dom.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      open();
    });
    panel.addEventListener("keydown", (event) => {
      rove(event, choices, ["ArrowUp", "ArrowDown"]);
      if (event.key === "Escape" || event.key === "Tab") {
        event.preventDefault();
        this.closeMenus();
        dom.focus();
      }
    });
    this.menus.push({ dom, panel, place });
    this.panels.append(panel);
  }

  closeMenus() {
    for (const { dom, panel } of this.menus) {
      panel.hidden = true;
      dom.setAttribute("aria-expanded", "false");
    }
  }

  // Everything but the switch rests while the page is Markdown.
  showMode(isMarkdown) {
    this.mode.setAttribute("aria-pressed", String(isMarkdown));
    for (const group of this.row.children) group.hidden = isMarkdown && !group.contains(this.mode);
    this.closeMenus();
    for (const each of this.buttons) each.tabIndex = -1;
    (isMarkdown ? this.mode : this.buttons[0]).tabIndex = 0;
  }

  update(state) {
    for (const { tool, dom } of this.items) {
      if (tool.isOn) dom.setAttribute("aria-pressed", String(Boolean(tool.isOn(state))));
      if (tool.isEnabled) dom.setAttribute("aria-disabled", String(!tool.isEnabled(state)));
      if (!tool.isShown) continue;
      dom.hidden = !tool.isShown(state);
      if (dom.hidden && dom.tabIndex === 0) {
        dom.tabIndex = -1;
        this.buttons[0].tabIndex = 0;
      }
    }
  }

  focus() {
    const target = this.buttons.find((each) => each.tabIndex === 0) ?? this.buttons[0];
    target.focus();
  }

  destroy() {
    document.removeEventListener("pointerdown", this.onOutside);
    window.removeEventListener("resize", this.onResize);
    this.dom.remove();
  }
}
