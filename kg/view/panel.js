/* The details of what is chosen. */
import { anchor, button, element, icon } from "./dom.js";
import { figures, proofs, standing } from "./evidence.js";
import { HELDS } from "./looks.js";
import { linkId, otherEnd } from "./model.js";
import { bestEntities, bestRelations, leading } from "./ranked.js";
import { unfiltered } from "./state.js";
import { cut, fold, plural } from "./text.js";

/** @typedef {import("./app.js").App} App */

/** Rows of a group that stand at once. */
const ROWS = 8;

/** A row that opens to the evidence of a link. @param {App} app @param {number} link @param {number} from @param {string} [text] */
function row(app, link, from, text) {
  const { graph } = app;
  const other = otherEnd(graph, link, from);
  const item = element("li", { "data-id": linkId(graph, link) });
  /** @type {HTMLElement | null} */
  let evidence = null;
  const opener = element(
    "button",
    {
      type: "button",
      class: "opener",
      "aria-expanded": "false",
      click: () => {
        if (evidence) evidence.hidden = !evidence.hidden;
        else item.append((evidence = proofs(graph, link)));
        opener.setAttribute("aria-expanded", String(!evidence.hidden));
      },
    },
    element(
      "span",
      { class: "name", dir: "auto" },
      icon(graph.kinds, graph.kind[other]),
      text ?? cut(graph.label[other], 160),
    ),
    element("span", { class: "figures", title: "papers that state it, and its confidence" }, figures(graph, link)),
  );
  const label = `Go to ${cut(graph.label[other], 80)}`;
  item.append(
    element(
      "div",
      { class: "row" },
      opener,
      button("→", () => app.select({ kind: "node", at: other }), { class: "go", "aria-label": label, title: label }),
    ),
  );
  return item;
}

/** @param {App} app @param {string} title @param {number[]} links @param {number} from */
function group(app, title, links, from) {
  const rows = (/** @type {number[]} */ some) => some.map((link) => row(app, link, from));
  const list = element("ul", { class: "rows" }, ...rows(links.slice(0, ROWS)));
  const made = element("div", {}, element("h3", {}, `${title} (${links.length.toLocaleString("en")})`), list);
  if (links.length > ROWS) {
    const more = button(`Show ${links.length - ROWS} more`, () => {
      list.append(...rows(links.slice(ROWS)));
      list.children[ROWS].querySelector("button")?.focus();
      more.remove();
    });
    made.append(more);
  }
  return made;
}

/** Group the links of a node by how they read from it. @param {App} app @param {number} node */
function groups(app, node) {
  const { graph } = app;
  /** @type {Map<string, number[]>} */
  const found = new Map();
  const links = [...graph.near.subarray(graph.start[node], graph.start[node + 1])];
  const turn = (/** @type {number} */ link) => 2 * graph.type[link] + (graph.source[link] === node ? 0 : 1);
  for (const link of links.sort(
    (a, b) =>
      turn(a) - turn(b) || graph.strength[b] - graph.strength[a] || graph.confidence[b] - graph.confidence[a] || a - b,
  )) {
    const denied = HELDS[graph.held[link]] === "negated" ? "not: " : "";
    const title = denied + graph.readings[graph.type[link]][graph.source[link] === node ? 0 : 1];
    const group = found.get(title);
    if (group) group.push(link);
    else found.set(title, [link]);
  }
  return [...found].map(([title, some]) => group(app, title, some, node));
}

/** Show in how many papers of each year something stands. @param {[number, number][]} years */
function yearChart(years) {
  const known = years.filter(([year]) => year);
  const most = Math.max(...years.map(([, count]) => count));
  const bars = [];
  const bar = (/** @type {string} */ name, /** @type {number} */ count) => {
    const made = element("i", { title: `${name}: ${count}` });
    made.style.height = `${Math.max((count / most) * 34, count ? 2 : 0.5)}px`;
    return made;
  };
  const counts = new Map(years);
  if (known.length) {
    const last = known[known.length - 1][0];
    for (let year = Math.max(known[0][0], last - 60); year <= last; year++)
      bars.push(bar(String(year), counts.get(year) ?? 0));
  }
  const undated = counts.get(0);
  if (undated) bars.push(element("i", { class: "gap" }), bar("undated", undated));
  const said = [...known, ...(undated ? [[0, undated]] : [])]
    .map(([year, count]) => `${year || "undated"}: ${count}`)
    .join(", ");
  return element(
    "div",
    { class: "years" },
    element("div", { class: "bars", "aria-hidden": "true" }, ...bars),
    element("p", { class: "meta" }, said),
  );
}

/** @param {App} app @param {number} at */
function actions(app, at) {
  const { state } = app;
  const made = element(
    "p",
    { class: "actions" },
    button(
      "Only neighbours",
      () => {
        app.change({ only: state.only ? 0 : 1 }, "select");
        app.show();
      },
      { id: "only", "aria-pressed": String(state.only > 0) },
    ),
  );
  for (const hops of state.only ? [1, 2, 3] : []) {
    made.append(
      button(
        plural(hops, "step", "steps"),
        () => {
          app.change({ only: hops }, "select");
          app.show();
        },
        { id: `hops-${hops}`, "aria-pressed": String(state.only === hops) },
      ),
    );
  }
  made.append(
    button(
      "Path from here",
      () => {
        app.startWay();
        document.getElementById("search")?.focus();
      },
      { id: "path" },
    ),
    ...walking(app, at),
  );
  return made;
}

/** @param {App} app @param {number} at */
function walking(app, at) {
  const count = app.linksOf(at).length;
  return [
    button("Previous link", () => app.step(-1), { id: "previous", disabled: !count }),
    button("Next link", () => app.step(1), { id: "next", disabled: !count }),
    button("Back", () => app.back(), { id: "back", disabled: !app.past.length }),
  ];
}

/** @param {App} app @param {number} at */
function aboutEntity(app, at) {
  const { graph, state } = app;
  const { nodes, papers, compare } = graph.data;
  const kind = graph.kinds[graph.kind[at]];
  const years = nodes.years[at];
  const when = years.length === 1 ? (years[0][0] ? ` of ${years[0][0]}` : ", undated") : "";
  // Names that differ in case or hyphens only say nothing new.
  const forms = [graph.label[at], ...nodes.alt[at]].map(fold);
  const alt = nodes.alt[at].filter((/** @type {string} */ _, /** @type {number} */ place) => forms.indexOf(forms[place + 1]) > place);
  const only = compare ? ["in both", `only in ${compare.a}`, `only in ${compare.b}`][compare.node[at]] : "";
  const made = [
    element("h2", { dir: "auto" }, graph.label[at]),
    element(
      "p",
      { class: "meta" },
      icon(graph.kinds, graph.kind[at]),
      [`${kind} in ${plural(graph.support[at], "paper", "papers")}${when}`, only].filter(Boolean).join(", "),
    ),
  ];
  if (alt.length)
    made.push(
      element(
        "p",
        { class: "meta", dir: "auto" },
        `Also called: ${alt.slice(0, 8).join(" · ")}${alt.length > 8 ? " …" : ""}`,
      ),
    );
  if (!app.shown.passNode[at] || state.kinds.has(kind))
    made.push(element("p", { class: "note" }, "A filter hides it; it is shown while it is chosen."));
  made.push(actions(app, at));
  if (years.length > 1) made.push(element("h3", {}, "Papers by year"), yearChart(years));
  made.push(...groups(app, at));
  const left = nodes.claims_left?.[at];
  if (left)
    made.push(
      element("p", { class: "note" }, `${plural(left, "more relation", "more relations")} with papers left out.`),
    );
  const own = nodes.papers[at];
  if (own.length) {
    const list = element(
      "ul",
      {},
      ...own.map((/** @type {number} */ paper) =>
        element(
          "li",
          {},
          anchor(papers.link[paper], papers.title[paper]),
          papers.year[paper] ? ` ${papers.year[paper]}` : "",
        ),
      ),
    );
    made.push(
      element(
        "h3",
        {},
        nodes.more[at] ? `Latest ${own.length} of ${plural(own.length + nodes.more[at], "paper", "papers")}` : "Papers",
      ),
      list,
    );
  }
  return made;
}

/** @param {App} app @param {number} at */
function aboutPaper(app, at) {
  const { graph } = app;
  const { papers } = graph.data;
  const paper = at - graph.entities;
  const meta = ["Paper", papers.authors?.[paper], papers.year[paper] || "undated"].filter(Boolean).join(" · ");
  const made = [
    element("h2", {}, anchor(papers.link[paper], papers.title[paper])),
    element("p", { class: "meta" }, icon(graph.kinds, graph.kind[at]), meta),
    actions(app, at),
    ...groups(app, at),
  ];
  if (graph.start[at] === graph.start[at + 1])
    made.push(element("p", { class: "note" }, "The page has no relation of this paper."));
  return made;
}

/** @param {App} app @param {number} link */
function aboutLink(app, link) {
  const { graph, state } = app;
  const links = app.linksOf(state.anchor);
  const name = graph.readings[graph.type[link]][0];
  const denied = HELDS[graph.held[link]] === "negated" ? "not " : "";
  const place = links.indexOf(link) + 1;
  const other = otherEnd(graph, link, state.anchor);
  return [
    element("h2", {}, leading(app, graph.source[link]), ` ${denied}${name} `, leading(app, graph.target[link])),
    element("p", { class: "meta" }, standing(graph, link)),
    place
      ? element(
          "p",
          { class: "meta" },
          `Link ${place} of ${links.length} of ${cut(graph.label[state.anchor], 60)}; Enter goes to ${cut(graph.label[other], 60)}.`,
        )
      : null,
    element("p", { class: "actions" }, ...walking(app, state.anchor)),
    proofs(graph, link),
  ];
}

/** @param {App} app @param {number} at */
function aboutCommunity(app, at) {
  const { communities } = app.graph.data;
  const open = app.state.open.has(at) || app.state.all;
  return [
    element("h2", { dir: "auto" }, communities.label[at]),
    element(
      "p",
      { class: "meta" },
      `Community of ${plural(communities.size[at], "entity", "entities")} that relations and shared papers join`,
    ),
    element(
      "p",
      { class: "actions" },
      button(open ? "Close" : "Open", () => app.toggleCommunity(at), { id: "open", disabled: app.state.all }),
      button("Back", () => app.back(), { id: "back", disabled: !app.past.length }),
    ),
    ...bestEntities(app, 20, at),
  ];
}

/** @param {App} app */
function aboutWay(app) {
  const { graph, state } = app;
  const ends = [graph.label[state.wayFrom], graph.label[state.wayTo]].map((label) => cut(label, 60));
  const made = [element("h2", {}, `Path from ${ends[0]} to ${ends[1]}`)];
  if (!state.way)
    return [
      ...made,
      element("p", { id: "no-path" }, "No path: the relations that the filters let pass do not connect the two."),
    ];
  const steps = [];
  let from = state.wayFrom;
  for (const link of state.way) {
    const to = otherEnd(graph, link, from);
    steps.push(
      row(
        app,
        link,
        from,
        `${graph.readings[graph.type[link]][graph.source[link] === from ? 0 : 1]} ${cut(graph.label[to], 100)}`,
      ),
    );
    from = to;
  }
  return [
    ...made,
    element("p", { class: "meta" }, plural(steps.length, "step", "steps")),
    element("p", {}, leading(app, state.wayFrom)),
    element("ul", { class: "rows", id: "way" }, ...steps),
  ];
}

/** @param {App} app */
function welcome(app) {
  const { mode } = app.graph.data;
  if (app.graph.entities && !app.shown.passNode.some(Boolean))
    return [
      element("h2", {}, "Nothing passes the filters"),
      button("Reset all filters", () => app.change(unfiltered(app.graph))),
    ];
  const closed = app.shown.counts.communities
    ? "Each circle is a community of related entities; click one to open it. "
    : "";
  return [
    element("h2", {}, "Where to begin"),
    element(
      "p",
      {},
      `${closed}Click a node to see what papers say about it, or a line to see the sentences behind it.`,
    ),
    mode === "backbone" ? element("p", {}, "The best-supported entities are drawn; search finds the others.") : null,
    element("p", { class: "note" }, "Keys: / finds, n goes to the next link, ? lists all keys."),
    ...bestEntities(app, 10),
    ...bestRelations(app),
  ];
}

/** Make the details of what is chosen. @param {App} app @returns {(Node | null)[]} */
export function content(app) {
  const { kind, at } = app.state.selected;
  if (kind === "edge") return aboutLink(app, at);
  if (kind === "community") return aboutCommunity(app, at);
  if (kind === "way") return aboutWay(app);
  if (kind === "node") return at < app.graph.entities ? aboutEntity(app, at) : aboutPaper(app, at);
  return welcome(app);
}

/** Say in a sentence what is chosen. @param {App} app */
export function announcement(app) {
  const { graph, state } = app;
  const { kind, at } = state.selected;
  if (kind === "way") return state.way ? `Path of ${plural(state.way.length, "step", "steps")}` : "No path";
  if (kind === "community") return `Community ${graph.data.communities.label[at]}`;
  if (kind === "edge")
    return `${cut(graph.label[graph.source[at]], 80)} ${graph.readings[graph.type[at]][0]} ${cut(graph.label[graph.target[at]], 80)}, ${figures(graph, at)}`;
  if (kind === "node")
    return `${cut(graph.label[at], 120)}, ${graph.kinds[graph.kind[at]]}, ${plural(app.linksOf(at).length, "relation", "relations")} shown`;
  return "Nothing chosen";
}
