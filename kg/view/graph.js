"use strict";
/* The graph: its data, building elements, drawing.
   The page runs graph.js, details.js and tools.js as one script; data reaches the page as text only. */

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const darkness = matchMedia("(prefers-color-scheme: dark)");

/* ---- the graph as the page knows it ---- */

const nodes = new Map();
for (const node of data.nodes) nodes.set(node.id, { ...node, links: [] });
for (const paper of data.papers) nodes.set(paper.id, { ...paper, label: paper.title, kind: "Paper", links: [] });
const links = new Map();
for (const link of data.links) {
  links.set(link.id, link);
  nodes.get(link.head).links.push(link);
  if (link.tail !== link.head) nodes.get(link.tail).links.push(link);
}
const drawn = new Set(data.vis.nodes.map((node) => node.id));
const isPaper = (id) => nodes.get(id).kind === "Paper";
const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

const state = {
  selected: "",
  kinds: new Set(Object.keys(data.kinds).filter((kind) => kind !== "Paper")),
  relations: new Set(Object.keys(data.relations)),
  held: new Set(Object.keys(data.held).filter((held) => held !== "negated")),
};
/* What is chosen is shown though its kind is filtered out. */
const isChosen = (id) => {
  const link = links.get(state.selected);
  return link ? id === link.head || id === link.tail : id === state.selected;
};
const nodeShown = (id) => drawn.has(id) && (state.kinds.has(nodes.get(id).kind) || isChosen(id));
const isPaperShown = (id) => nodeShown(id) && isPaper(id);
const linkAllowed = (link) => state.relations.has(link.type) && state.held.has(link.held);
const linkShown = (link) => linkAllowed(link) && nodeShown(link.head) && nodeShown(link.tail);

/* ---- building elements: strings become text, never markup ---- */

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "click") made.addEventListener("click", value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

function anchor(address, text) {
  if (!/^https?:\/\//.test(address)) return element("span", {}, text);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}

const OUTLINES = {
  dot: "M8 1.5a6.5 6.5 0 1 0 .01 0z", square: "M2 2h12v12H2z", diamond: "M8 .5 15.5 8 8 15.5.5 8z",
  triangle: "M8 1 15.5 14.5H.5z", triangleDown: "M8 15 15.5 1.5H.5z", hexagon: "M4 1.5h8L15.5 8 12 14.5H4L.5 8z",
};

function picture(width, path, attributes) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const shape = document.createElementNS(space, "path");
  const all = { width, height: 14, viewBox: `0 0 ${(width * 16) / 14} 16`, "aria-hidden": "true", class: "icon" };
  for (const [name, value] of Object.entries(all)) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ d: path, ...attributes })) shape.setAttribute(name, value);
  svg.append(shape);
  return svg;
}

const theme = () => (darkness.matches ? "dark" : "light");
const colour = (kind) => data.kinds[kind][theme()];
const icon = (kind) => picture(14, OUTLINES[data.kinds[kind].shape], { fill: colour(kind), "data-kind": kind });
const line = (held) =>
  picture(27, "M1 8H30", { stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": data.held[held][0].join(" "), "data-held": held });

/* ---- drawing ---- */

const visNodes = new vis.DataSet(data.vis.nodes);
const visEdges = new vis.DataSet(data.vis.edges);
const widths = new Map(data.vis.edges.map((edge) => [edge.id, edge.width]));
const plainLabels = new Map(data.vis.nodes.map((node) => [node.id, node.label]));
const network = new vis.Network(byId("graph"), { nodes: visNodes, edges: visEdges }, data.vis.options);
const frame = byId("graph").querySelector(".vis-network");
frame.tabIndex = 0;
frame.setAttribute("role", "application");
frame.setAttribute("aria-describedby", "message");
frame.setAttribute("aria-label", "Graph; arrow keys move it, + and - zoom. The same is in the table.");

/* What stays strong beside the choice: its ends or neighbours, also of something not drawn; null fades nothing. */
function focusSet() {
  const link = links.get(state.selected);
  const near = new Set();
  if (link) near.add(link.head).add(link.tail);
  else if (state.selected) {
    near.add(state.selected);
    for (const each of nodes.get(state.selected).links) if (linkAllowed(each)) near.add(each.head).add(each.tail);
  }
  return [...near].some(nodeShown) ? near : null;
}

const isNear = (link) => [link.id, link.head, link.tail].includes(state.selected);
const linkName = (link) => (link.held === "negated" ? "not: " : "") + data.relations[link.type][0];
/* Lengths in the graph's coordinates that look the same on screen at any zoom. */
const onScreen = (length) => length / Math.min(network.getScale(), 1);

/* Labels keep a readable size on screen: the best-supported come first, one that would lie upon another waits. */
const READABLE = 12;
const boxes = data.vis.nodes.map((node) => ({ ...node, ...extent(node.label) }));
const placeOf = new Map(boxes.map((box) => [box.id, box]));

function extent(label) {
  const lines = label.split("\n");
  return { wide: Math.max(...lines.map((text) => text.length)) * 0.56, lines: lines.length };
}

const apart = (a, b) => a.right < b.left || a.left > b.right || a.bottom < b.top || a.top > b.bottom;

function labels(near) {
  const placed = [];
  const symbols = boxes.filter((box) => nodeShown(box.id)).map(({ x, y, size }) => (
    { left: x - size * 0.7, right: x + size * 0.7, top: y - size * 0.7, bottom: y + size * 0.7 }));
  const sizes = new Map();
  const named = new Set();
  const put = (area, others) => others.every((other) => apart(area, other)) && placed.push(area);
  const putNode = (box) => {
    const size = Math.max(box.font.size, READABLE / network.getScale());
    const half = (box.wide * size) / 2;
    const top = box.y + box.size + 2;
    const area = { left: box.x - half, right: box.x + half, top, bottom: top + box.lines * size * 1.1 };
    const important = near === null ? sizes.size < 40 : near.has(box.id);
    if (put(area, important ? placed : [...placed, ...symbols])) sizes.set(box.id, size);
  };
  const turn = boxes.filter((box) => !isPaper(box.id) && nodeShown(box.id));
  const first = (box) => (box.id === state.selected ? 0 : 1);
  const paper = isPaperShown(state.selected) ? placeOf.get(state.selected) : null;
  if (paper) {
    const half = Math.min(nodes.get(paper.id).label.length, 60) * 0.28 * onScreen(14);
    placed.push({ left: paper.x - half, right: paper.x + half, top: paper.y + paper.size + 2, bottom: paper.y + paper.size + onScreen(18) });
  }
  if (near !== null) {
    turn.filter((box) => near.has(box.id)).sort((a, b) => first(a) - first(b)).forEach(putNode);
    for (const edge of data.vis.edges) if (isNear(links.get(edge.id)) && linkShown(links.get(edge.id))) nameEdge(links.get(edge.id), put, placed, named);
  }
  turn.filter((box) => near === null || !near.has(box.id)).forEach(putNode);
  return { sizes, named };
}

/* The name of a line waits where it would lie upon the label of a node; that of the chosen line does not. */
function nameEdge(link, put, placed, named) {
  const [a, b] = [placeOf.get(link.head), placeOf.get(link.tail)];
  const half = (linkName(link).length * 0.56 * onScreen(12)) / 2 + 2;
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const area = { left: x - half, right: x + half, top: y - onScreen(8), bottom: y + onScreen(8) };
  if (put(area, link.id === state.selected ? [] : placed)) named.add(link.id);
}

function tip(node) {
  const text = node.label.length > 160 ? `${node.label.slice(0, 160)}…` : node.label;
  return node.kind === "Paper" ? text : `${text}\n${node.kind}, in ${plural(node.support, "paper", "papers")}`;
}

const cut = (text, length) => {
  const signs = Array.from(text.replace(/[\p{C}\s]+/gu, " "));
  return signs.length > length ? `${signs.slice(0, length - 1).join("")}…` : signs.join("");
};

function drawNode(visNode, near, ink, sizes) {
  const node = nodes.get(visNode.id);
  const faded = near !== null && !near.has(node.id);
  const own = colour(node.kind);
  const chosen = node.id === state.selected || node.id === data.center;
  const strong = { background: own, border: ink.text };
  const size = Math.max(sizes.get(node.id) || 0, node.id === state.selected ? onScreen(14) : 0);
  const name = isPaper(node.id) ? cut(node.label, 60) : plainLabels.get(node.id);
  return {
    id: node.id, hidden: !nodeShown(node.id), opacity: faded ? 0.18 : 1, label: size ? name : " ", title: tip(node),
    borderWidth: chosen ? 3 : 1, borderWidthSelected: 3,
    color: { background: own, border: chosen ? ink.text : own, highlight: strong, hover: strong },
    font: { size: size || 1, color: faded ? ink.faint : ink.text,
      strokeWidth: faded ? 0 : onScreen(4), strokeColor: ink.ground, face: "system-ui, sans-serif" },
  };
}

function drawEdge(visEdge, near, ink, named) {
  const link = links.get(visEdge.id);
  const faded = near !== null && !isNear(link);
  const rest = link.held === "negated" ? ink.denied : ink.rest;
  const dashes = data.held[link.held][0];
  return {
    id: link.id, hidden: !linkShown(link), label: named.has(link.id) ? linkName(link) : " ",
    title: `${cut(nodes.get(link.head).label, 60)}\n${linkName(link)}\n${cut(nodes.get(link.tail).label, 60)}`,
    width: onScreen(widths.get(link.id)), dashes: dashes.length ? dashes.map(onScreen) : false,
    color: { color: rest, hover: ink.text, highlight: ink.text, opacity: faded ? 0.15 : 1 },
    font: { size: onScreen(12), color: ink.text, strokeWidth: onScreen(4), strokeColor: ink.ground,
      background: named.has(link.id) ? ink.ground : "none", face: "system-ui, sans-serif" },
  };
}

let drawnAt = 0;

function draw() {
  const dark = darkness.matches;
  const ink = dark
    ? { text: "#e8eaed", ground: data.canvas.dark, ...data.lines.dark, faint: "#5a616b" }
    : { text: "#16191d", ground: data.canvas.light, ...data.lines.light, faint: "#b4b9c0" };
  const near = focusSet();
  const { sizes, named } = labels(near);
  drawnAt = network.getScale();
  visNodes.update(visNodes.map((node) => drawNode(node, near, ink, sizes)));
  visEdges.update(visEdges.map((edge) => drawEdge(edge, near, ink, named)));
  const shownNodes = data.vis.nodes.filter((node) => nodeShown(node.id) && !isPaper(node.id)).length;
  const shownPapers = data.vis.nodes.filter((node) => nodeShown(node.id) && isPaper(node.id)).length;
  const shownLinks = data.vis.edges.filter((edge) => linkShown(links.get(edge.id))).length;
  byId("counts").textContent =
    `${plural(shownNodes, "entity", "entities")}${shownPapers ? `, ${plural(shownPapers, "paper", "papers")}` : ""}, ` +
    `${plural(shownLinks, "relation", "relations")} shown`;
  countLegend();
  if (!byId("table").hidden) fillTable();
}

function fit() {
  const ids = data.vis.nodes.map((node) => node.id).filter(nodeShown);
  if (ids.length) network.fit({ nodes: ids, maxZoomLevel: 1.4 });
}

function centre(id) {
  const link = links.get(id);
  const around = (link ? [link.tail, link.head] : [id]).find(nodeShown);
  if (around === undefined) {
    const near = [...(focusSet() || [])].filter(nodeShown);
    if (near.length) network.fit({ nodes: near, maxZoomLevel: 1 });
    return;
  }
  const scale = Math.max(network.getScale(), 0.9);
  network.focus(around, { scale, animation: calm.matches ? false : { duration: 250, easingFunction: "easeOutQuad" } });
}
