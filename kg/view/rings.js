/* Where the neighbours of a node stand when only they are shown: on rings around it, those of one relation together. */
import { otherEnd } from "./model.js";

/** @typedef {import("./model.js").Graph} Graph */

/** Room of a node along its ring and between two rings, in the world; most nodes side by side before they stand in rows. */
const ROOM = 90,
  STEP = 260,
  ABREAST = 22;

/**
 * Place nodes on rings around one of them; what no link leads to stays where it was.
 * @param {Graph} graph
 * @param {number} from
 * @param {Uint8Array} shown
 * @param {(link: number) => unknown} passes
 * @returns {{ x: Float32Array, y: Float32Array }}
 */
export function rings(graph, from, shown, passes) {
  const [x, y] = [Float32Array.from(graph.home.x), Float32Array.from(graph.home.y)];
  const seen = new Uint8Array(graph.nodes);
  seen[from] = 1;
  /** @type {Map<number, number[]>} */
  const children = new Map();
  const order = [from];
  for (const node of order) {
    const links = [...graph.near.subarray(graph.start[node], graph.start[node + 1])]
      .filter((link) => passes(link))
      .sort((a, b) => graph.type[a] - graph.type[b] || Number(graph.source[a] === node) - Number(graph.source[b] === node));
    const found = [];
    for (const link of links) {
      const other = otherEnd(graph, link, node);
      if (seen[other] || !shown[other]) continue;
      seen[other] = 1;
      found.push(other);
    }
    children.set(node, found);
    order.push(...found);
  }
  // What hangs on a node needs room, itself at least.
  const leaves = new Float32Array(graph.nodes).fill(1);
  for (const node of [...order].reverse()) {
    const own = children.get(node) ?? [];
    if (own.length) leaves[node] = own.reduce((sum, child) => sum + leaves[child], 0);
  }
  let ring = [{ node: from, start: 0, wide: 2 * Math.PI }];
  let radius = 0;
  while (ring.length) {
    const next = ring.flatMap(({ node, start, wide }) => {
      let at = start;
      return (children.get(node) ?? []).map((child) => {
        const part = { node: child, start: at, wide: (wide * leaves[child]) / leaves[node] };
        at += part.wide;
        return part;
      });
    });
    const rows = Math.ceil(next.length / ABREAST);
    radius = Math.max(radius + STEP, (next.length * ROOM) / (2 * Math.PI * Math.min(rows, 4)));
    next.forEach(({ node, start, wide }, place) => {
      const far = radius + ((place % Math.min(rows, 4)) * STEP) / 2;
      x[node] = x[from] + far * Math.cos(start + wide / 2);
      y[node] = y[from] + far * Math.sin(start + wide / 2);
    });
    radius += ((Math.min(rows, 4) - 1) * STEP) / 2;
    ring = next;
  }
  return { x, y };
}
