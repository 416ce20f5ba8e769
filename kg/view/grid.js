/* Which node or line is at a point: nodes lie in a grid of cells, lines are few enough to be tried one by one. */
import { bounds } from "./model.js";

/** @typedef {import("./model.js").Graph} Graph */
/** @typedef {{ left: number, top: number, cell: number, columns: number, rows: number, start: Int32Array, nodes: Int32Array }} Grid */

/** Most cells of a side. */
const CELLS = 400;

/**
 * Sort all nodes into cells.
 * @param {Graph} graph
 * @returns {Grid}
 */
export function makeGrid(graph) {
  const [left, top, right, bottom] = graph.nodes ? bounds(graph, () => true) : [0, 0, 0, 0];
  const cell = Math.max(graph.unit * 2, (right - left) / CELLS, (bottom - top) / CELLS);
  const columns = Math.floor((right - left) / cell) + 1;
  const rows = Math.floor((bottom - top) / cell) + 1;
  /** @param {number} node */
  const at = (node) => Math.floor((graph.y[node] - top) / cell) * columns + Math.floor((graph.x[node] - left) / cell);
  const start = new Int32Array(columns * rows + 1);
  for (let node = 0; node < graph.nodes; node++) start[at(node) + 1]++;
  for (let place = 0; place < columns * rows; place++) start[place + 1] += start[place];
  const next = start.slice();
  const nodes = new Int32Array(graph.nodes);
  for (let node = 0; node < graph.nodes; node++) nodes[next[at(node)]++] = node;
  return { left, top, cell, columns, rows, start, nodes };
}

/**
 * Find the node whose edge is nearest to a point, at most `reach` away; -1 where there is none.
 * @param {Graph} graph
 * @param {Grid} grid
 * @param {{ x: number, y: number, reach: number, drawn: Uint8Array, radius: (node: number) => number }} at
 */
export function nodeAt(graph, grid, { x, y, reach, drawn, radius }) {
  const wide = reach * 1.01 + graph.unit;
  /** @param {number} value @param {number} most */
  const clamp = (value, most) => Math.min(Math.max(Math.floor(value / grid.cell), 0), most - 1);
  const [first, last] = [clamp(x - wide - grid.left, grid.columns), clamp(x + wide - grid.left, grid.columns)];
  const [high, low] = [clamp(y - wide - grid.top, grid.rows), clamp(y + wide - grid.top, grid.rows)];
  let found = -1;
  let best = Infinity;
  for (let row = high; row <= low; row++) {
    for (
      let place = grid.start[row * grid.columns + first];
      place < grid.start[row * grid.columns + last + 1];
      place++
    ) {
      const node = grid.nodes[place];
      if (!drawn[node]) continue;
      const far = Math.hypot(graph.x[node] - x, graph.y[node] - y);
      // Inside several discs the nearest middle wins; outside of all the nearest one within reach.
      if (far > Math.max(radius(node), reach) || far >= best) continue;
      best = far;
      found = node;
    }
  }
  return found;
}

/**
 * Find the drawn line nearest to a point, at most `reach` away; -1 where there is none.
 * @param {Graph} graph
 * @param {{ x: number, y: number, reach: number, drawn: Uint8Array, middle: (link: number) => [number, number] }} at
 */
export function linkAt(graph, { x, y, reach, drawn, middle }) {
  let found = -1;
  let best = reach;
  for (let link = 0; link < graph.links; link++) {
    if (!drawn[link]) continue;
    const [a, b] = [graph.source[link], graph.target[link]];
    const [ax, ay, bx, by] = [graph.x[a], graph.y[a], graph.x[b], graph.y[b]];
    if (!graph.bend[link] && a !== b) {
      if (Math.min(ax, bx) > x + best || Math.max(ax, bx) < x - best) continue;
      if (Math.min(ay, by) > y + best || Math.max(ay, by) < y - best) continue;
    }
    const [mx, my] = middle(link);
    const far =
      a === b ? Math.hypot(mx - x, my - y) : Math.min(apart(x, y, ax, ay, mx, my), apart(x, y, mx, my, bx, by));
    if (far >= best) continue;
    best = far;
    found = link;
  }
  return found;
}

/**
 * Measure how far a point is from a straight line between two others.
 * @param {number} x
 * @param {number} y
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
export function apart(x, y, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return Math.hypot(ax + along * dx - x, ay + along * dy - y);
}
