/* Walking along links: what is near a node, and the shortest way between two. */
import { otherEnd } from "./model.js";

/** @typedef {import("./model.js").Graph} Graph */

/**
 * Mark the nodes within some steps of a node.
 * @param {Graph} graph
 * @param {number} from
 * @param {number} hops
 * @param {(link: number) => unknown} passes  whether a link may be walked
 */
export function within(graph, from, hops, passes) {
  const reached = new Uint8Array(graph.nodes);
  reached[from] = 1;
  let edge = [from];
  for (let step = 0; step < hops; step++) {
    const next = [];
    for (const node of edge) {
      for (let at = graph.start[node]; at < graph.start[node + 1]; at++) {
        const link = graph.near[at];
        const other = otherEnd(graph, link, node);
        if (reached[other] || !passes(link)) continue;
        reached[other] = 1;
        next.push(other);
      }
    }
    edge = next;
  }
  return reached;
}

/**
 * Find a shortest way between two nodes, its links in order; null where there is none.
 *
 * Links are walked in both directions, better supported ones first.
 * @param {Graph} graph
 * @param {number} from
 * @param {number} to
 * @param {(link: number) => unknown} passes
 * @returns {number[] | null}
 */
export function shortest(graph, from, to, passes) {
  const by = new Int32Array(graph.nodes).fill(-1);
  const seen = new Uint8Array(graph.nodes);
  seen[from] = 1;
  const queue = [from];
  for (let place = 0; place < queue.length && !seen[to]; place++) {
    const node = queue[place];
    for (let at = graph.start[node]; at < graph.start[node + 1]; at++) {
      const link = graph.near[at];
      const other = otherEnd(graph, link, node);
      if (seen[other] || !passes(link)) continue;
      seen[other] = 1;
      by[other] = link;
      queue.push(other);
    }
  }
  if (!seen[to]) return null;
  const way = [];
  for (let node = to; node !== from; node = otherEnd(graph, by[node], node)) way.unshift(by[node]);
  return way;
}
