// The shapes of a chart, as courses/charts.py draws them for learners; tests compare the two.

export const RING = 8;
const CODE_SIZE = 22;
const GAP = 5;
const ARROW = 17;
const CAPITAL = 0.7;
const SIDES = {
  n: [0, -1, "middle", 0],
  ne: [0.75, -0.75, "start", 0],
  e: [1, 0, "start", 0.5],
  se: [0.75, 0.75, "start", 1],
  s: [0, 1, "middle", 1],
  sw: [-0.75, 0.75, "end", 1],
  w: [-1, 0, "end", 0.5],
  nw: [-0.75, -0.75, "end", 0],
};

export function number(value) {
  const text = value.toFixed(1).replace(/\.0$/, "");
  return text === "-0" ? "0" : text;
}

export function smoothPath(points) {
  if (points.length < 2) return "";
  const pieces = [`M${number(points[0][0])} ${number(points[0][1])}`];
  for (let index = 0; index < points.length - 1; index += 1) {
    const before = points[Math.max(index - 1, 0)];
    const start = points[index];
    const end = points[index + 1];
    const after = points[Math.min(index + 2, points.length - 1)];
    const numbers = [
      start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6,
      end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6,
      end[0], end[1],
    ];
    pieces.push(`C${numbers.map(number).join(" ")}`);
  }
  return pieces.join("");
}

export function arrowHead(points, scale) {
  const [fromX, fromY] = points[points.length - 2];
  const [x, y] = points[points.length - 1];
  const angle = Math.atan2(y - fromY, x - fromX);
  const corners = [[x, y]];
  for (const turn of [Math.PI - 0.42, Math.PI + 0.42]) {
    corners.push([x + ARROW * scale * Math.cos(angle + turn), y + ARROW * scale * Math.sin(angle + turn)]);
  }
  return `M${corners.map(([a, b]) => `${number(a)} ${number(b)}`).join("L")}Z`;
}

export function labelPlace(x, y, side, scale) {
  const [right, down, anchor, share] = SIDES[side] ?? SIDES.e;
  const away = (RING + GAP) * scale;
  return [x + right * away, y + down * away + share * CAPITAL * CODE_SIZE * scale, anchor];
}

export function besideStart(points, scale) {
  const [[x, y], [nextX, nextY]] = points;
  const length = Math.hypot(nextX - x, nextY - y) || 1;
  const away = CODE_SIZE * 0.8 * scale;
  return [
    x - ((nextX - x) / length) * away,
    y - ((nextY - y) / length) * away + (CAPITAL * CODE_SIZE * scale) / 2,
  ];
}
