/* How things look: shape and colour tell a kind, the line tells what holds a relation. */

/** Kind -> shape; the colours stand in page.css. Colour alone never tells a kind. @type {Record<string, string>} */
export const SHAPES = {
  Method: "circle",
  Dataset: "square",
  Concept: "diamond",
  Task: "up",
  Metric: "down",
  Paper: "hexagon",
};

/** Corners of the shapes on a circle of radius 1, in the area that makes them look equally large. @type {Record<string, number[]>} */
export const CORNERS = {
  square: [-0.86, -0.86, 0.86, -0.86, 0.86, 0.86, -0.86, 0.86],
  diamond: [0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0],
  up: [0, -1.2, 1.15, 0.85, -1.15, 0.85],
  down: [0, 1.2, 1.15, -0.85, -1.15, -0.85],
  hexagon: [-0.55, -0.98, 0.55, -0.98, 1.1, 0, 0.55, 0.98, -0.55, 0.98, -1.1, 0],
  pentagon: [0, -1.15, 1.1, -0.35, 0.68, 0.93, -0.68, 0.93, -1.1, -0.35],
};

/** @typedef {{ dash: number[], says: string, note: string }} Held */

/** What holds a relation, strongest first: its line, the legend's words, the details' words. @type {Record<string, Held>} */
export const HELD = {
  text: { dash: [], says: "papers", note: "stated in a paper" },
  hedged: { dash: [9, 3], says: "hedged only", note: "hedged: papers say it only with reserve" },
  vocabulary: { dash: [1.5, 3.5], says: "vocabulary only", note: "from the vocabulary, no paper says it" },
  rule: { dash: [5, 4], says: "rule only", note: "from a rule on the names, no paper says it" },
  negated: { dash: [8, 3, 2, 3], says: "denied only", note: "denied: papers say that it is not so" },
};

/** The names in HELD, in order. */
export const HELDS = Object.keys(HELD);

/**
 * Name what holds a relation from its origin bits (1 text, 2 rule, 4 vocabulary) and flags (1 hedged, 2 negated).
 * @param {number} origin
 * @param {number} flags
 */
export function heldBy(origin, flags) {
  if (flags & 2) return "negated";
  if (origin & 1) return flags & 1 ? "hedged" : "text";
  return origin & 4 ? "vocabulary" : "rule";
}

/**
 * Give the shape of a kind; one not known gets a pentagon.
 * @param {string} kind
 */
export const shapeOf = (kind) => (Object.hasOwn(SHAPES, kind) ? SHAPES[kind] : "pentagon");
