/* The start of the page. */
import { App } from "./app.js";
import { byId, element } from "./dom.js";
import { listen } from "./camera.js";
import { inspect } from "./inspect.js";
import { buildKeys } from "./keys.js";
import { buildLegend } from "./legend.js";
import { read } from "./model.js";
import { announcement, content } from "./panel.js";
import { SAVES } from "./save.js";
import { buildSearch } from "./searchbox.js";
import { fromHash, toHash } from "./state.js";
import { fillTable } from "./table.js";
import { cut, plural } from "./text.js";

/** @typedef {import("./model.js").Graph} Graph */

/** Milliseconds after a change until it stands in the address. */
const SETTLED = 250;
const root = document.documentElement;

/** Read the data of the page, plain or packed. @returns {Promise<import("./model.js").Payload>} */
async function load() {
  const plain = document.getElementById("data");
  return JSON.parse(plain ? (plain.textContent ?? "") : await unpack("data-gz"));
}

/** @param {Int32Array} numbers */
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** Say what is shown. @param {App} app */
function counted({ shown: { counts, sizes }, state, graph }) {
  if (!counts.nodes && counts.communities)
    return `${plural(counts.communities, "community", "communities")} of ${plural(sum(sizes), "entity", "entities")}, none open`;
  const parts = [plural(counts.nodes, "entity", "entities")];
  if (counts.papers) parts.push(plural(counts.papers, "paper", "papers"));
  parts.push(plural(counts.edges, "relation", "relations"));
  const closed = counts.communities ? `, ${plural(counts.communities, "community", "communities")} not open` : "";
  const only = state.only ? `, only within ${plural(state.only, "step", "steps")}` : "";
  const undated = !state.undated
    ? `, ${plural(graph.data.graph.undated, "undated paper", "undated papers")} left out`
    : "";
  return `${parts.join(", ")} shown${closed}${only}${undated}`;
}

/** Bring all around the drawing up to date. @param {App} app @param {() => void} legend */
function refresh(app, legend) {
  const { state, graph } = app;
  legend();
  byId("counts").textContent = counted(app);
  byId("table").hidden = !state.table;
  byId("canvas").hidden = state.table;
  byId("zoom").hidden = state.table;
  for (const [id, on] of Object.entries({ "as-table": state.table, all: state.all }))
    byId(id).setAttribute("aria-pressed", String(on));
  const choosing = state.wayFrom >= 0 && state.wayTo < 0;
  byId("task").hidden = !choosing;
  if (choosing)
    byId("task").firstChild?.replaceWith(
      `Path from ${cut(graph.label[state.wayFrom], 50)}: find or click its other end. `,
    );
  if (state.table) fillTable(app);
}

/** Show the details of what is chosen; a key that was pressed in them keeps its focus. @param {App} app */
function detail(app) {
  const held = document.activeElement?.closest("#shown") ? document.activeElement.id : null;
  byId("shown").replaceChildren(...content(app).filter((each) => each !== null));
  if (held !== null) (document.getElementById(held) ?? byId("details")).focus({ preventScroll: true });
  byId("details").scrollTop = 0;
  byId("said").textContent = announcement(app);
}

/** @param {App} app */
function buildButtons(app) {
  /** @type {Record<string, () => void>} */
  const clicks = {
    fit: () => app.fit(),
    "zoom-in": () => app.view.zoom(1.4),
    "zoom-out": () => app.view.zoom(1 / 1.4),
    "as-table": () => app.change({ table: !app.state.table }),
    all: () => {
      app.change({ all: !app.state.all });
      app.fit();
    },
    theme: () => theme(app, { auto: "light", light: "dark", dark: "auto" }[app.state.theme] ?? "auto"),
    help: () => /** @type {HTMLDialogElement} */ (byId("keys")).showModal(),
    cancel: () => app.change({ wayFrom: -1 }, "select"),
    filters: () => {
      const open = root.classList.toggle("filtering");
      byId("filters").setAttribute("aria-expanded", String(open));
      app.request();
    },
  };
  for (const [id, click] of Object.entries(clicks)) byId(id).addEventListener("click", click);
  for (const [id, save] of Object.entries(SAVES)) {
    byId(id).addEventListener("click", () => {
      save(app);
      /** @type {HTMLDetailsElement} */ (byId("save").parentElement).open = false;
    });
  }
  byId("all").hidden = app.graph.data.mode === "all";
}

/** @param {App} app @param {string} name */
function theme(app, name) {
  app.state.theme = name;
  root.dataset.theme = name;
  byId("theme").textContent = { auto: "◐", light: "☀", dark: "☾" }[name] ?? "";
  for (const each of ["aria-label", "title"]) byId("theme").setAttribute(each, `Colours: ${name}`);
  app.recolour();
  for (const listener of app.listeners) listener("view");
}

/** Keep the address in step with the state. @param {App} app */
function keepAddress(app) {
  let waiting = 0;
  const write = () => {
    const { camera, fitted } = app.view;
    app.state.view = [
      Math.round(camera.x),
      Math.round(camera.y),
      Math.max(Math.round((camera.scale / fitted) * 100), 1),
    ];
    try {
      history.replaceState(null, "", `#${toHash(app.graph, app.state)}`);
    } catch {
      /* A page inside another may have no address of its own. */
    }
  };
  app.listeners.push(() => {
    clearTimeout(waiting);
    waiting = setTimeout(write, SETTLED);
  });
  addEventListener("hashchange", () => {
    Object.assign(app.state, fromHash(app.graph, location.hash));
    theme(app, app.state.theme);
    app.change({}, "select");
    look(app);
  });
}

/** Look at what the state says, or at all. @param {App} app */
function look(app) {
  const { view } = app;
  const whole = view.around(app.box(), 90 / app.graph.unit);
  const [x, y, percent] = app.state.view ?? [whole.x, whole.y, 100];
  view.jump({ ...view.camera, x, y, scale: (view.fitted * percent) / 100 });
  const { kind, at } = app.state.selected;
  if (!app.state.view && kind && !(kind === "node" && at === app.graph.data.focus)) app.show();
}

/** @param {App} app */
function listenAll(app) {
  const { canvas } = app.view;
  listen(app.view, {
    click: (x, y) => {
      const found = app.at(x, y);
      if (found.kind === "community") app.toggleCommunity(found.at);
      else app.select(found, { move: false });
    },
    hover: (x, y) => {
      /** @type {import("./state.js").Selected} */
      const found = x < 0 ? { kind: "", at: -1 } : app.at(x, y);
      canvas.style.cursor = found.kind ? "pointer" : "grab";
      const { hovered } = app.scene;
      if (hovered.kind === found.kind && hovered.at === found.at) return;
      app.scene.hovered = found;
      app.request(true);
    },
  });
  new ResizeObserver(() => app.request(true)).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.recolour());
  for (const name of ["beforeprint", "afterprint"]) {
    addEventListener(name, () => {
      root.classList.toggle("printing", name === "beforeprint");
      app.recolour();
      cancelAnimationFrame(app.asked);
      app.frame(performance.now());
    });
  }
}

/** @param {import("./model.js").Payload} data */
function start(data) {
  const graph = read(data);
  byId("title").textContent = data.title;
  document.title = data.title;
  byId("message").textContent = data.message;
  root.dataset.mode = data.mode;
  const app = new App(graph, fromHash(graph, location.hash), /** @type {HTMLCanvasElement} */ (byId("canvas")));
  const search = buildSearch(app);
  const legend = buildLegend(app);
  buildButtons(app);
  buildKeys(app);
  listenAll(app);
  theme(app, app.state.theme);
  app.recompute();
  app.view.measure();
  app.view.fitted = app.view.around(app.box(), 90 / graph.unit).scale;
  app.listeners.push((why) => {
    if (why !== "view") refresh(app, legend);
    if (why === "select" || why === "filter") detail(app);
  });
  refresh(app, legend);
  detail(app);
  keepAddress(app);
  look(app);
  inspect(app, search);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      root.dataset.ready = "1";
    }),
  );
}

load()
  .then(start)
  .catch((error) => {
    root.dataset.failed = String(error);
    byId("message").replaceChildren(
      element("strong", {}, "The data of this page could not be read; write the page anew."),
      ` ${error}`,
    );
  });
