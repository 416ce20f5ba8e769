/* The legend, which is also the filter. */
import { byId, button, element, icon, sample } from "./dom.js";
import { HELD, HELDS } from "./looks.js";
import { histogram } from "./model.js";
import { unfiltered } from "./state.js";
import { share } from "./text.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{ node: Int32Array, type: Int32Array, held: Int32Array }} Counts */

/** Count the columns of what passes. @param {App} app @returns {Counts} */
function count({ graph, shown }) {
  const counts = {
    node: new Int32Array(graph.kinds.length),
    type: new Int32Array(256),
    held: new Int32Array(HELDS.length),
  };
  for (let node = 0; node < graph.nodes; node++) counts.node[graph.kind[node]] += shown.passNode[node];
  for (let link = 0; link < graph.links; link++) {
    counts.type[graph.type[link]] += shown.passLink[link];
    counts.held[graph.held[link]] += shown.passLink[link];
  }
  return counts;
}

/**
 * Build the legend; gives the function that brings it up to date.
 * @param {App} app
 * @returns {() => void}
 */
export function buildLegend(app) {
  const { graph } = app;
  const { data } = graph;
  /** @type {((counts: Counts) => void)[]} */
  const refresh = [];
  /** @param {"kinds" | "relations" | "helds" | "compare"} set @param {string} name @param {((counts: Counts) => number) | null} number @param {...(Node | string)} label */
  const tick = (set, name, number, ...label) => {
    const box = /** @type {HTMLInputElement} */ (
      element("input", {
        type: "checkbox",
        "data-filter": { kinds: "kind", relations: "relation", helds: "held", compare: "compare" }[set],
        "data-value": name,
      })
    );
    const shows = element("span", { class: "number" });
    box.addEventListener("change", () => {
      const hidden = app.state[set];
      if (box.checked) hidden.delete(name);
      else hidden.add(name);
      app.change({});
    });
    refresh.push((counts) => {
      box.checked = !app.state[set].has(name);
      shows.textContent = number && box.checked ? number(counts).toLocaleString("en") : "";
    });
    return element("label", {}, box, ...label, shows);
  };
  /** @param {string} name @param {...(Node | null)} fields */
  const field = (name, ...fields) => element("fieldset", {}, element("legend", {}, name), ...fields);
  const has = (/** @type {ArrayLike<number>} */ column, /** @type {number} */ value, from = 0, to = column.length) => {
    for (let at = from; at < to; at++) if (column[at] === value) return true;
    return false;
  };
  const kinds = data.kinds.map((/** @type {string} */ kind, /** @type {number} */ place) =>
    has(graph.kind, place, 0, graph.entities)
      ? tick("kinds", kind, (counts) => counts.node[place], icon(graph.kinds, place), `${kind}s`)
      : null,
  );
  const relations = data.relations.map((/** @type {string} */ name, /** @type {number} */ place) =>
    tick("relations", name, (counts) => counts.type[place], graph.readings[place][0]),
  );
  const between = relations.filter((/** @type {Node} */ _, /** @type {number} */ place) =>
    has(graph.type, place, 0, graph.relations),
  );
  const ofPapers = field(
    "Relations of papers",
    ...relations.filter((/** @type {Node} */ each) => !between.includes(each)),
  );
  const papers = tickPapers(app, refresh);
  refresh.push(() => {
    ofPapers.hidden = !app.state.papers || ofPapers.childElementCount < 2;
  });
  const helds = HELDS.map((name, place) =>
    has(graph.held, place) ? tick("helds", name, (counts) => counts.held[place], sample(name), HELD[name].says) : null,
  );
  const compare =
    data.compare &&
    field(
      "Builds",
      ...["in both", `only in ${data.compare.a}`, `only in ${data.compare.b}`].map((text, place) =>
        tick("compare", String(place), null, element("span", { class: `only-${place}` }), text),
      ),
    );
  byId("legend").replaceChildren(
    field("Kinds", ...kinds, papers),
    field("Relations", ...between),
    ofPapers,
    compare ?? "",
    field("Relations stand on", ...helds),
    years(app, refresh),
    field("At least", ...thresholds(app, refresh)),
    button("Reset all filters", () => app.change(unfiltered(graph)), { id: "reset" }),
  );
  return () => {
    const counts = count(app);
    for (const each of refresh) each(counts);
  };
}

/** @typedef {((counts: Counts) => void)[]} Refresh */

/** @param {App} app @param {Refresh} refresh */
function tickPapers(app, refresh) {
  const { graph } = app;
  if (graph.nodes === graph.entities) return null;
  const kind = graph.kinds.length - 1;
  const shows = element("span", { class: "number" });
  const box = toggle(app, "papers", "papers", refresh);
  refresh.push((counts) => {
    shows.textContent = app.state.papers ? counts.node[kind].toLocaleString("en") : "";
  });
  return element("label", {}, box, icon(graph.kinds, kind), "Papers", shows);
}

/** @param {App} app @param {string} id @param {"undated" | "fresh" | "papers"} name @param {Refresh} refresh */
function toggle(app, id, name, refresh) {
  const box = /** @type {HTMLInputElement} */ (
    element("input", { type: "checkbox", id, change: () => app.change({ [name]: box.checked }) })
  );
  refresh.push(() => {
    box.checked = app.state[name];
  });
  return box;
}

/** The range of years under a small histogram. @param {App} app @param {Refresh} refresh */
function years(app, refresh) {
  const { graph, state } = app;
  const [first, last] = graph.years;
  const counts = new Map(histogram(graph));
  const made = element("fieldset", {}, element("legend", {}, "Years"));
  if (first) {
    const most = Math.max(...[...counts].filter(([year]) => year).map(([, each]) => each), 1);
    const bars = element("div", { class: "bars", "aria-hidden": "true" });
    for (let year = Math.max(first, last - 80); year <= last; year++) {
      const bar = element("i", {
        title: `${year}: ${(counts.get(year) ?? 0).toLocaleString("en")} papers`,
        click: () => app.change({ from: year, to: year }),
      });
      bar.style.height = `${Math.max(((counts.get(year) ?? 0) / most) * 34, 0.5)}px`;
      refresh.push(() => bar.classList.toggle("out", year < app.state.from || year > app.state.to));
      bars.append(bar);
    }
    bars.hidden = first === last;
    made.append(
      bars,
      element(
        "p",
        { class: "range" },
        .../** @type {const} */ (["from", "to"]).map((end) => yearBox(app, end, refresh)),
      ),
    );
    made.append(element("label", {}, toggle(app, "new-only", "fresh", refresh), "New in these years only"));
  }
  const undated = counts.get(0) ?? graph.data.graph.undated;
  if (undated || !state.undated) {
    made.append(
      element(
        "label",
        {},
        toggle(app, "undated", "undated", refresh),
        "Undated too",
        element("span", { class: "number", title: "undated papers" }, undated.toLocaleString("en")),
      ),
    );
  }
  // One year for all leaves nothing to choose.
  made.hidden = made.childElementCount < 2 || (first === last && !undated && state.undated);
  return made;
}

/** @param {App} app @param {"from" | "to"} end @param {Refresh} refresh */
function yearBox(app, end, refresh) {
  const [first, last] = app.graph.years;
  const box = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "number",
      id: `year-${end}`,
      min: first,
      max: last,
      step: 1,
      change: () => {
        const year = Math.min(Math.max(Math.round(Number(box.value)) || first, first), last);
        const { from, to } = app.state;
        app.change(end === "from" ? { from: year, to: Math.max(year, to) } : { from: Math.min(year, from), to: year });
      },
    })
  );
  refresh.push(() => {
    box.value = String(app.state[end]);
  });
  return element("label", {}, end, box);
}

/** @param {App} app @param {Refresh} refresh */
function thresholds(app, refresh) {
  const slider = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "range",
      id: "min-confidence",
      min: 0,
      max: 1,
      step: 0.05,
      input: () => app.change({ leastConfidence: Math.round(Number(slider.value) * 1000) }),
    })
  );
  const says = element("span", { class: "number" });
  refresh.push(() => {
    slider.value = String(app.state.leastConfidence / 1000);
    says.textContent = share(app.state.leastConfidence);
  });
  /** @param {string} id @param {"leastSupport" | "leastPapers"} name @param {string} text */
  const number = (id, name, text) => {
    const box = /** @type {HTMLInputElement} */ (
      element("input", {
        type: "number",
        id,
        min: 0,
        step: 1,
        change: () => app.change({ [name]: Math.min(Math.max(Math.round(Number(box.value)) || 0, 0), 1e6) }),
      })
    );
    refresh.push(() => {
      box.value = String(app.state[name]);
    });
    return element("label", {}, box, text);
  };
  return [
    element("label", { class: "wide" }, "confidence", says, slider),
    number("min-papers", "leastPapers", "papers per entity"),
    number("min-support", "leastSupport", "papers per relation"),
  ];
}
