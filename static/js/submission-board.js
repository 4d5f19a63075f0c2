// The board by keyboard: arrows go from cell to cell, Home and End to the ends of a line.
const board = document.querySelector("[data-board]");

function linksOf(row) {
  return [...row.cells].map((cell) => cell.querySelector("a"));
}

function nextTo(row, column, key) {
  const links = linksOf(row);
  const last = links.length - 1;
  if (key === "Home") return links.find(Boolean);
  if (key === "End") return links.findLast(Boolean);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const step = key === "ArrowRight" ? 1 : -1;
    for (let at = column + step; at >= 0 && at <= last; at += step) if (links[at]) return links[at];
    return null;
  }
  const rows = [...board.rows];
  const way = key === "ArrowDown" ? 1 : -1;
  for (let at = row.rowIndex + way; at >= 0 && at < rows.length; at += way) {
    const link = linksOf(rows[at])[column];
    if (link) return link;
  }
  return null;
}

board?.addEventListener("keydown", (event) => {
  const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
  const cell = event.target.closest("td, th");
  if (!cell || !keys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const link = nextTo(cell.parentElement, cell.cellIndex, event.key);
  if (!link) return;
  event.preventDefault();
  link.focus();
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
});
