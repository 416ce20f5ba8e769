/* Lists of what is best supported: where a reader may begin. */
import { button, element, icon } from "./dom.js";
import { linkName } from "./model.js";
import { cut, plural } from "./text.js";

/** @typedef {import("./app.js").App} App */

/** Make a button that leads to a node. @param {App} app @param {number} node */
export const leading = (app, node) =>
  element(
    "button",
    {
      type: "button",
      class: "leading",
      dir: "auto",
      "data-id": app.graph.id[node],
      click: () => app.select({ kind: "node", at: node }),
    },
    icon(app.graph.kinds, app.graph.kind[node]),
    cut(app.graph.label[node], 120),
  );

/**
 * List what passes the filters, the best supported first.
 * @param {string} title
 * @param {Uint8Array} pass
 * @param {ArrayLike<number>} strength
 * @param {(place: number) => HTMLElement} opener
 * @param {number} most
 */
function best(title, pass, strength, opener, most) {
  // In the page's order that of the same strength is the surest first.
  const found = [...pass.keys()].filter((place) => pass[place] && strength[place]);
  found.sort((a, b) => strength[b] - strength[a]);
  if (!found.length) return [];
  const figure = (/** @type {number} */ place) => plural(strength[place], "paper", "papers");
  const rows = found
    .slice(0, most)
    .map((place) =>
      element("li", { class: "line" }, opener(place), element("span", { class: "figures" }, figure(place))),
    );
  return [element("h3", {}, title), element("ul", { class: "rows" }, ...rows)];
}

/** List the best supported entities that pass, of a community or of all. @param {App} app @param {number} most @param {number} [community] */
export function bestEntities(app, most, community) {
  const { graph, shown } = app;
  const own = shown.passNode
    .subarray(0, graph.entities)
    .map((pass, node) => (community === undefined || graph.community[node] === community ? pass : 0));
  return best("Best supported entities", own, graph.support, (node) => leading(app, node), most);
}

/** List the best supported relations that pass. @param {App} app */
export function bestRelations(app) {
  const { graph, shown } = app;
  /** @param {number} link */
  const opener = (link) =>
    button(
      `${cut(graph.label[graph.source[link]], 50)} ${linkName(graph, link)} ${cut(graph.label[graph.target[link]], 50)}`,
      () => app.select({ kind: "edge", at: link }),
      { class: "leading", dir: "auto" },
    );
  return best("Best supported relations", shown.passLink.subarray(0, graph.relations), graph.strength, opener, 6);
}
