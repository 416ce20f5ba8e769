/* A window for tests and the curious: what the page shows, to be read only. */
import { linkId, linkOf } from "./model.js";
import { toHash } from "./state.js";

/** @typedef {import("./app.js").App} App */

/**
 * Put `window.kg` up.
 * @param {App} app
 * @param {{ times: { last: number }, search: (text: string) => string[] }} search
 */
export function inspect(app, { times, search }) {
  const { graph } = app;
  const { relations } = graph.data;
  const api = {
    ready: true,
    counts: () => ({ ...app.shown.counts }),
    shown: () => {
      const nodes = graph.id.filter((_, place) => place < graph.entities && app.shown.node[place]);
      const papers = graph.id.filter((_, place) => place >= graph.entities && app.shown.node[place]);
      const edges = [...app.shown.link.keys()].filter((link) => app.shown.link[link]);
      return {
        nodes,
        papers,
        edges: edges.map((link) => [
          graph.id[graph.source[link]],
          relations[graph.type[link]],
          graph.id[graph.target[link]],
        ]),
      };
    },
    selected: () => {
      const { kind, at } = app.state.selected;
      return {
        kind,
        id:
          kind === "node" || kind === "way"
            ? graph.id[at]
            : kind === "edge"
              ? linkId(graph, at)
              : kind
                ? `community:${at}`
                : "",
      };
    },
    path: () => app.state.way?.map((link) => linkId(graph, link)) ?? null,
    position: (/** @type {string} */ id) => {
      const community = /^community:(\d+)$/.exec(id);
      const link = id.includes(" ") ? linkOf(graph, id) : -1;
      const at =
        link >= 0
          ? app.placeOfLink(link)
          : app.placeOf(
              community ? "community" : "node",
              community ? Number(community[1]) : (graph.byId.get(id) ?? -1),
            );
      const box = app.view.canvas.getBoundingClientRect();
      return at && { x: box.left + at.x, y: box.top + at.y };
    },
    frames: () => ({ count: app.frames.count, last: app.frames.last, gaps: [...app.frames.gaps] }),
    hash: () => toHash(graph, app.state),
    search,
    searchTime: () => times.last,
  };
  performance.mark("kg-ready");
  Object.defineProperty(window, "kg", { value: Object.freeze(api) });
}
