/* The words in the drawing. */
import { wrap } from "./labels.js";
import { linkName } from "./model.js";
import { middle, radius } from "./scene.js";
import { cut } from "./text.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Projection} Projection */
/** @typedef {import("./scene.js").Palette} Palette */
/** @typedef {import("./pens.js").Pen} Pen */
/** @typedef {(text: string, bold: boolean) => number} Measure */
/** @typedef {{ measure: Measure, boxes: import("./labels.js").Boxes }} Room */

/** Most labels of nodes and of lines in one picture. */
const LABELS = 160;
const LINE_LABELS = 30;

/**
 * List the places where the label of a node may stand, as the middle of its text: below, above, right, left.
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {number} half
 */
const spots = (x, y, r, half) => [
  [x, y + r + 10],
  [x, y - r - 10],
  [x + r + half + 2, y],
  [x - r - half - 2, y],
];

/** Name the nodes, best supported first. @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room */
export function nameNodes(pen, scene, across, palette, { measure, boxes }) {
  const { graph, state, nodeRank } = scene;
  const { kind, at } = state.selected;
  const links = state.way ?? (kind === "edge" ? [at] : []);
  // What is chosen has its name wherever there is room, and at any rate below.
  const must = new Set(links.flatMap((link) => [graph.source[link], graph.target[link]]));
  if (kind === "node") must.add(at);
  const some = nodeRank.some((rank) => rank === 2);
  let left = LABELS;
  for (const [turn, node] of scene.named.entries()) {
    if (left <= 0 || turn > 4000) break;
    const [x, y] = [across.x(graph.x[node]), across.y(graph.y[node])];
    if (!across.inside(x, y, 40)) continue;
    const r = radius(scene, across.camera, node);
    const chosen = must.has(node);
    if (some && nodeRank[node] === 0 && !chosen) {
      if (r > 5) boxes.take([x - r, y - r, x + r, y + r]);
      continue;
    }
    const text = cut(graph.label[node], chosen ? 60 : 30);
    const half = measure(text, chosen) / 2 + 2;
    // A label at the rim moves in.
    const middleX = Math.max(Math.min(x, across.camera.width - half), half);
    const [below, ...others] = spots(middleX, y, chosen ? r * 1.2 + 4 : r, half);
    const box = (/** @type {number[]} */ [bx, by]) => [bx - half, by - 8, bx + half, by + 7];
    const found = [below, ...(chosen ? others : [])].find((spot) => boxes.free(box(spot)));
    const spot = found ?? (chosen ? below : null);
    if (spot) {
      boxes.take(box(spot));
      pen.text(text, spot[0], spot[1], { size: 12, color: palette.text, halo: palette.ground, bold: chosen });
      left--;
    }
    if (spot || r > 5) boxes.take([x - r, y - r, x + r, y + r]);
  }
}

/** Name the lines near what is chosen, where there is room. @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room */
export function nameLines(pen, scene, across, palette, { measure, boxes }) {
  const { graph, state } = scene;
  let left = LINE_LABELS;
  for (const link of scene.strong) {
    if (left <= 0) break;
    const own = state.selected.kind === "edge" && state.selected.at === link;
    const [mx, my] = middle(graph, link, across.camera.scale);
    const [x, y] = [across.x(mx), across.y(my)];
    if (!across.inside(x, y, 0)) continue;
    const text = linkName(graph, link);
    const half = measure(text, false) * 0.46 + 3;
    const box = [x - half, y - 8, x + half, y + 8];
    if (!own && !boxes.free(box)) continue;
    boxes.take(box);
    pen.box(box[0], box[1] + 1, 2 * half, 14, palette.ground);
    pen.text(text, x, y, { size: 11, color: palette.soft });
    left--;
  }
}

/** @param {Pen} pen @param {Scene} scene @param {Projection} across @param {Palette} palette @param {Room} room */
export function nameCommunities(pen, scene, across, palette, { measure, boxes }) {
  const { communities } = scene.graph.data;
  const { closed } = scene.shown;
  const order = [...closed.keys()]
    .filter((place) => closed[place])
    .sort((a, b) => communities.size[b] - communities.size[a] || a - b);
  for (const place of order) {
    const [x, y] = [across.x(communities.x[place]), across.y(communities.y[place])];
    if (!across.inside(x, y, 60)) continue;
    const r = communities.r[place] * across.camera.scale;
    const names = communities.label[place].split(", ");
    const wide = Math.min(Math.max(Math.floor(r / 3.6), 13), 26);
    const most = r > 60 ? 5 : r > 34 ? 3 : 2;
    const lines = wrap(cut(names.slice(0, r > 60 ? 3 : r > 34 ? 2 : 1).join(", "), 80), wide, most).map((text) =>
      cut(text, wide + 6),
    );
    if (r > 22) lines.push(communities.size[place].toLocaleString("en"));
    const half = Math.max(...lines.map((text) => measure(text, true))) / 2;
    const high = lines.length * 7;
    if (!boxes.put([x - half, y - high, x + half, y + high])) continue;
    lines.forEach((text, row) => {
      const last = r > 22 && row === lines.length - 1;
      pen.text(text, x, y - high + 7 + row * 14, {
        size: last || r < 45 ? 11 : 12,
        color: last ? palette.soft : palette.text,
        halo: palette.circle,
        bold: !last && r > 34,
      });
    });
  }
}
