"use strict";
/* Legend and filters, table, search, keys.
   The page runs graph.js, details.js and tools.js as one script; data reaches the page as text only. */

/* ---- legend, which is also the filter ---- */

const counters = [];

/* A filter tells how many of its things are shown, or would be if it were ticked. */
function tick(set, name, count, ...label) {
  const box = element("input", { type: "checkbox" });
  const number = element("span", { class: "number" });
  box.checked = set.has(name);
  box.addEventListener("change", () => {
    if (box.checked) set.add(name);
    else set.delete(name);
    draw();
  });
  counters.push(() => number.replaceChildren(count().toLocaleString("en")));
  return element("label", {}, box, ...label, number);
}

const drawnLinks = data.vis.edges.map((edge) => links.get(edge.id));
const countLinks = (test) => drawnLinks.filter((link) => nodeShown(link.head) && nodeShown(link.tail) && test(link)).length;

function fillLegend() {
  const field = (name, ticks) => element("fieldset", {}, element("legend", {}, name), ...ticks);
  const kinds = data.vis.nodes.map((node) => nodes.get(node.id).kind);
  const relations = (some) => Object.entries(data.relations).filter(([type]) => some.some((link) => link.type === type))
    .map(([type, [forth]]) => tick(state.relations, type,
      () => countLinks((link) => link.type === type && state.held.has(link.held)), forth));
  const between = drawnLinks.filter((link) => !isPaper(link.head));
  const types = new Set(between.map((link) => link.type));
  const ofPapers = field("Relations of papers", relations(drawnLinks.filter((link) => !types.has(link.type))));
  counters.push(() => { ofPapers.hidden = !data.vis.nodes.some((node) => isPaper(node.id) && nodeShown(node.id)); });
  byId("legend").replaceChildren(
    field("Kinds", Object.entries(data.kinds).filter(([kind]) => kind === "Paper" || kinds.includes(kind))
      .map(([kind, look]) => tick(state.kinds, kind, () => kinds.filter((each) => each === kind).length, icon(kind), look.plural))),
    field("Relations", relations(between)),
    ofPapers,
    field("Lines", Object.entries(data.held).filter(([held]) => drawnLinks.some((link) => link.held === held))
      .map(([held, [, says]]) => tick(state.held, held,
        () => countLinks((link) => link.held === held && state.relations.has(link.type)), line(held), says))),
  );
}

function countLegend() {
  for (const count of counters) count();
}

/* ---- table ---- */

function tableOf(caption, heads, rows) {
  const cell = (value) => element("td", typeof value === "string" || value instanceof Node ? {} : { class: "number" }, value instanceof Node ? value : String(value));
  return element("table", {}, element("caption", {}, `${caption} (${rows.length})`),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((values) => element("tr", {}, ...values.map(cell)))));
}

function fillTable() {
  const chooser = (id, text) => element("button", { type: "button", click: () => select(id) }, text);
  const shown = data.vis.nodes.map((node) => nodes.get(node.id)).filter((node) => nodeShown(node.id));
  const joined = data.vis.edges.map((edge) => links.get(edge.id)).filter(linkShown);
  byId("table").replaceChildren(
    tableOf("Nodes", ["Name", "Kind", "Papers", "Relations"],
      shown.map((node) => [chooser(node.id, node.label), node.kind, node.support ?? "", node.links.filter(linkShown).length])),
    tableOf("Relations", ["From", "Relation", "To", "Papers", "Confidence", "Evidence"],
      joined.map((link) => [chooser(link.head, nodes.get(link.head).label), data.relations[link.type][0],
        chooser(link.tail, nodes.get(link.tail).label), link.support, link.confidence, chooser(link.id, data.held[link.held][1])])),
  );
}

byId("as-table").addEventListener("click", () => {
  const table = byId("table").hidden;
  byId("table").hidden = !table;
  byId("graph").hidden = table;
  byId("as-table").setAttribute("aria-pressed", String(table));
  if (table) fillTable();
});

/* ---- search ---- */

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[\p{Pd}_\/\s]+/gu, " ").toLowerCase();
const names = [...nodes.values()].map((node) => ({ node, forms: [node.label, ...(node.alt || [])].map(fold) }));
let hits = [];
let current = -1;

function quality(forms, wanted) {
  let best = 0;
  for (const form of forms) {
    const at = form.indexOf(wanted);
    if (form === wanted) best = Math.max(best, 4);
    else if (at === 0) best = Math.max(best, 3);
    else if (at > 0) best = Math.max(best, /[\p{L}\p{N}]/u.test(form[at - 1]) ? 1 : 2);
  }
  return best;
}

function find(text) {
  const wanted = fold(text.trim());
  if (!wanted) return [];
  return names
    .map(({ node, forms }, place) => ({ node, place, rank: quality(forms, wanted) * 2 - (node.kind === "Paper" ? 1 : 0) }))
    .filter((hit) => hit.rank > 0)
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .slice(0, 12)
    .map((hit) => hit.node);
}

function showHits() {
  const list = byId("hits");
  const box = byId("search");
  const none = hits.length === 0 && box.value.trim() !== "";
  list.replaceChildren(...hits.map((node, place) => element(
    "li", { role: "option", id: `hit-${place}`, "aria-selected": String(place === current), click: () => choose(place) },
    icon(node.kind), cut(node.label, 90), element("small", {}, ` ${node.kind}${drawn.has(node.id) ? "" : ", not drawn"}`))));
  if (none) list.append(element("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing on this page has that name."));
  list.hidden = hits.length === 0 && !none;
  box.setAttribute("aria-expanded", String(!list.hidden));
  if (current >= 0) {
    box.setAttribute("aria-activedescendant", `hit-${current}`);
    list.children[current].scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function closeHits() {
  hits = [];
  current = -1;
  byId("hits").hidden = true;
  byId("search").setAttribute("aria-expanded", "false");
  byId("search").removeAttribute("aria-activedescendant");
}

function choose(place) {
  const node = hits[place];
  byId("search").value = cut(node.label, 200);
  closeHits();
  select(node.id);
  byId("details").focus({ preventScroll: innerWidth > 700 });
}

byId("search").addEventListener("input", () => {
  hits = find(byId("search").value);
  current = hits.length ? 0 : -1;
  showHits();
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!hits.length) return;
    current = (current + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
    showHits();
    event.preventDefault();
  } else if (event.key === "Enter" && current >= 0) choose(current);
});
byId("search").addEventListener("blur", () => setTimeout(closeHits, 200));
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !(event.target instanceof HTMLInputElement && event.target.type === "text")) {
    byId("search").focus();
    byId("search").select();
    event.preventDefault();
  } else if (event.key === "Escape") {
    byId("search").value = "";
    closeHits();
    select("");
  }
});

/* ---- start ---- */

network.on("click", (event) => {
  const [node] = event.nodes;
  const [edge] = event.edges;
  select(node ?? edge ?? "");
});
let waiting = 0;
network.on("afterDrawing", () => {
  if (Math.abs(network.getScale() / drawnAt - 1) < 0.02) return;
  clearTimeout(waiting);
  waiting = setTimeout(draw, 60);
});
network.on("hoverNode", () => { frame.style.cursor = "pointer"; });
network.on("blurNode", () => { frame.style.cursor = "default"; });
byId("fit").addEventListener("click", fit);
darkness.addEventListener("change", () => {
  for (const shape of document.querySelectorAll("[data-kind]")) shape.setAttribute("fill", colour(shape.dataset.kind));
  draw();
});
byId("message").textContent = data.message;
if (data.center) {
  const title = `Around ${cut(nodes.get(data.center).label, 80)}`;
  byId("title").textContent = title;
  document.title = `${title} · knowledge graph`;
}
fillLegend();
select(data.center, false);
fit();
draw();
network.redraw();
window.graphPage = { network, select, nodes, links };
