// The words of the lesson language beyond CommonMark: what courses/markdown/grammar.py says for the
// server. A test holds the two together.

export const GRADES = [
  "supported",
  "weakly supported",
  "plausible but untested",
  "unsupported",
  "contradicted",
  "unsafe as stated",
  "tradition",
];

// Without the claim, which has a head of its own.
export const CALLOUTS = {
  caution: "Caution",
  "do-not": "Do not",
  contraindication: "When not to",
  try: "Try it",
  note: "Note",
  tradition: "Tradition, not tested",
};
export const CLAIM_LABEL = "Claim examined";

const SLUG = "[A-Za-z0-9][A-Za-z0-9_.-]{0,59}";
const REFS = `@${SLUG}(?:[\\s,;]{1,4}@${SLUG}){0,19}`;
export const SLUG_ALONE = new RegExp(`^${SLUG}$`);
export const CITATION = new RegExp(`\\[(?:([^\\[\\]@:]{1,40}):\\s{0,4})?(${REFS})\\]`, "y");
export const BARE_GRADE = new RegExp(`\\[(${GRADES.join("|")})\\](?![({])`, "y");
export const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$/;
export const CLAIM = /^C\d{2,3}[a-z]?$/;

export function gradeClass(grade) {
  return grade.replaceAll(" ", "-");
}

// `[weakly supported: @a @b]` to its grade and references, and back.
export function readCitation(source) {
  const inner = source.slice(1, -1);
  const colon = inner.indexOf(":");
  const at = inner.indexOf("@");
  if (at === -1) return { grade: inner, references: [] };
  const grade = colon !== -1 && colon < at ? inner.slice(0, colon).trim().replace(/\s+/g, " ") : "";
  return { grade, references: slugsIn(inner) };
}

export function writeCitation({ grade, references }) {
  const names = references.map((slug) => `@${slug}`).join(" ");
  if (!names) return `[${grade}]`;
  return grade ? `[${grade}: ${names}]` : `[${names}]`;
}

// `C05 unsupported @klein2014`, the head of a claim.
export function readClaim(head) {
  const references = slugsIn(head);
  const [id = "", ...words] = head.replace(new RegExp(`@${SLUG}`, "g"), "").trim().split(/\s+/);
  return { id, verdict: words.join(" "), references };
}

export function writeClaim({ id, verdict, references }) {
  return [id, verdict, ...references.map((slug) => `@${slug}`)].join(" ");
}

export const CHART = "chart";
export const RECORDING = "recording";
// What the address of a link to a handout begins with.
export const HANDOUT = "handout:";

// `points-of-the-face layers=stomach,gallbladder view=front`, the head of a chart.
export function readChart(head) {
  const [slug = "", ...options] = head.split(/\s+/);
  return { slug, options: options.join(" ") };
}

// `light-strokes`, the head of a recording. The server has a sentence for more than that.
export function readRecording(head) {
  const [slug = "", ...rest] = head.split(/\s+/);
  return { slug, rest: rest.join(" ") };
}

function slugsIn(text) {
  return [...text.matchAll(new RegExp(`@(${SLUG})`, "g"))].map((found) => found[1]);
}
