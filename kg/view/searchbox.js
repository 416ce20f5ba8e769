/* The search box: a combobox with a list (WAI-ARIA Authoring Practices, "Combobox"). */
import { byId, element, icon } from "./dom.js";
import { find, makeIndex } from "./find.js";
import { cut, plural } from "./text.js";

/** @typedef {import("./app.js").App} App */

/** Most names in the list. */
const HITS = 12;

/**
 * Build the search box; `search` looks a text up as the box does.
 * @param {App} app
 */
export function buildSearch(app) {
  const { graph } = app;
  const box = byId("search");
  const input = /** @type {HTMLInputElement} */ (box);
  const list = byId("hits");
  const index = makeIndex(graph);
  const more = () => {
    if (index.next()) setTimeout(more, 15);
  };
  setTimeout(more, 100);
  /** @type {import("./find.js").Hit[]} */
  let hits = [];
  let current = -1;
  const times = { last: 0 };

  /** @param {import("./find.js").Hit} hit @param {number} place */
  const option = ({ node, other, name }, place) => {
    const { others, papers } = graph.data;
    const label = other < 0 ? graph.label[node] : others.label[other];
    const kind = other < 0 ? graph.kind[node] : others.kind[other];
    const says = [
      name === label ? "" : `= ${cut(label, 60)}`,
      graph.kinds[kind],
      other >= 0 ? "" : node < graph.entities ? plural(graph.support[node], "paper", "papers") : papers.year[node - graph.entities],
      other < 0 ? "" : node < 0 ? "not on this page" : `not on this page, near ${cut(graph.label[node], 40)}`,
    ];
    return element(
      "li",
      {
        role: "option",
        id: `hit-${place}`,
        "aria-selected": String(place === current),
        "data-id": node < 0 ? "" : graph.id[node],
        click: () => choose(place),
      },
      icon(graph.kinds, kind),
      element("span", { dir: "auto" }, cut(name, 90)),
      element("small", {}, ` ${says.filter(Boolean).join(", ")}`),
    );
  };
  function show() {
    const none = hits.length === 0 && input.value.trim() !== "";
    list.replaceChildren(...hits.map(option));
    if (none)
      list.append(
        element(
          "li",
          { role: "option", "aria-disabled": "true", "aria-selected": "false" },
          "Nothing on this page has that name.",
        ),
      );
    list.hidden = hits.length === 0 && !none;
    point();
  }
  function point() {
    input.setAttribute("aria-expanded", String(!list.hidden));
    [...list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === current)));
    if (current < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `hit-${current}`);
    return list.children[current].scrollIntoView({ block: "nearest" });
  }
  function close() {
    hits = [];
    current = -1;
    list.hidden = true;
    point();
  }
  /** @param {number} place */
  function choose(place) {
    const { node } = hits[place];
    close();
    input.value = "";
    if (node < 0) return;
    app.select({ kind: "node", at: node });
    byId("details").focus({ preventScroll: innerWidth > 700 });
  }
  input.addEventListener("input", () => {
    const began = performance.now();
    hits = find(index, input.value, HITS);
    current = hits.length ? 0 : -1;
    show();
    times.last = performance.now() - began;
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: hits.length - 1 }[event.key];
    if (step !== undefined && hits.length) {
      current = (current + step) % hits.length;
      point();
      event.preventDefault();
    } else if (event.key === "Enter" && current >= 0) {
      choose(current);
      event.preventDefault();
    } else if (event.key === "Escape" && (input.value || !list.hidden)) {
      input.value = "";
      close();
      event.stopPropagation();
    }
  });
  input.addEventListener("blur", () =>
    setTimeout(() => {
      // Somebody may be typing the next name already.
      if (document.activeElement !== input) close();
    }, 200),
  );
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  return {
    times,
    search: (/** @type {string} */ text) =>
      find(index, text, HITS)
        .filter(({ node }) => node >= 0)
        .map(({ node }) => graph.id[node]),
  };
}
