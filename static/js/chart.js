// A chart: step through its points, point at one, read its place and caution.
// Switching layers and views needs no script; the style sheet does it.

function isShown(element) {
  return element.getClientRects().length > 0;
}

function line(tag, parts) {
  const element = document.createElement(tag);
  for (const part of parts) element.append(part);
  return element;
}

export function setUp(chart) {
  const rows = [...chart.querySelectorAll("[data-row]")];
  const stepper = chart.querySelector("[data-stepper]");
  if (!stepper || rows.length === 0) return;
  const now = stepper.querySelector("[data-now]");
  const list = chart.querySelector(".chart-list");
  let current = null;

  const marksOf = (key) => [...chart.querySelectorAll(`[data-point="${CSS.escape(key)}"]`)];
  // Only what the eye finds in the drawing: its layer and its view are switched on.
  const reachable = () => rows.filter((row) => marksOf(row.dataset.row).some(isShown));

  function mark(row, isCurrent) {
    row.classList.toggle("is-current", isCurrent);
    for (const each of marksOf(row.dataset.row)) each.classList.toggle("is-current", isCurrent);
  }

  function tell(row) {
    now.replaceChildren();
    const cell = (name) => row.querySelector(name);
    const name = document.createElement("span");
    name.textContent = cell(".chart-row-name").textContent;
    const language = cell(".chart-row-name").lang;
    if (language) name.lang = language;
    const code = cell("th").textContent;
    now.append(line("b", code ? [`${code} `, name] : [name]));
    const where = cell(".chart-row-place").cloneNode(true);
    for (const sup of where.querySelectorAll("sup")) sup.remove();
    now.append(line("span", [where.textContent]));
    const caution = cell(".chart-row-caution");
    for (const part of caution.childNodes) {
      const said = line("span", [part.textContent]);
      said.className = part.nodeType === Node.ELEMENT_NODE ? "quiet" : "chart-now-caution";
      if (caution.classList.contains("is-danger")) said.classList.add("is-danger");
      now.append(said);
    }
  }

  function show(row) {
    if (current) mark(current, false);
    current = row;
    if (!row) {
      now.textContent = reachable().length ? now.dataset.start : now.dataset.empty;
      return;
    }
    mark(row, true);
    // What is drawn last lies on top: the current point must not hide under its neighbors.
    for (const each of marksOf(row.dataset.row)) each.parentNode.append(each);
    tell(row);
    if (list && isShown(row)) {
      const box = list.getBoundingClientRect();
      const at = row.getBoundingClientRect();
      if (at.top < box.top || at.bottom > box.bottom) list.scrollTop += at.top - box.top - 16;
    }
  }

  function step(by) {
    const every = reachable();
    if (every.length === 0) return show(null);
    const here = every.indexOf(current);
    const next = here === -1 ? (by > 0 ? 0 : every.length - 1)
      : (here + by + every.length) % every.length;
    return show(every[next]);
  }

  for (const button of stepper.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  stepper.addEventListener("keydown", (event) => {
    const every = reachable();
    const moves = {
      ArrowRight: () => step(1), ArrowDown: () => step(1),
      ArrowLeft: () => step(-1), ArrowUp: () => step(-1),
      Home: () => show(every[0] || null), End: () => show(every[every.length - 1] || null),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  chart.addEventListener("click", (event) => {
    const point = event.target.closest("[data-point]");
    const row = point
      ? rows.find((each) => each.dataset.row === point.dataset.point)
      : event.target.closest("[data-row]");
    if (row && !event.target.closest("a")) show(row);
  });
  chart.addEventListener("change", () => {
    if (!current || !marksOf(current.dataset.row).some(isShown)) show(null);
  });

  stepper.hidden = false;
  show(null);
}

for (const chart of document.querySelectorAll("[data-chart]")) setUp(chart);
