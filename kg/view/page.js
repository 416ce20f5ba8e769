"use strict";
/* The graph page. Data comes from the JSON element alone and reaches the page as text only. */
(() => {
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
  const nodeShown = (id) => drawn.has(id) && state.kinds.has(nodes.get(id).kind);
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
  const icon = (kind) => picture(14, OUTLINES[data.kinds[kind].shape], { fill: colour(kind) });
  const line = (held) =>
    picture(34, "M1 8H38", { stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": data.held[held][0].join(" ") });

  /* ---- drawing ---- */

  const visNodes = new vis.DataSet(data.vis.nodes);
  const visEdges = new vis.DataSet(data.vis.edges);
  const plainLabels = new Map(data.vis.nodes.map((node) => [node.id, node.label]));
  const network = new vis.Network(byId("graph"), { nodes: visNodes, edges: visEdges }, data.vis.options);
  const frame = byId("graph").querySelector(".vis-network");
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", "Graph; arrow keys move it, + and - zoom. The same is in the table.");

  function focusSet() {
    if (!state.selected) return null;
    const link = links.get(state.selected);
    if (link) return new Set([link.head, link.tail]);
    const near = new Set([state.selected]);
    for (const each of nodes.get(state.selected).links) if (linkShown(each)) near.add(each.head).add(each.tail);
    return near;
  }

  /* Labels keep a readable size on screen: the best-supported come first, one that would lie upon another waits. */
  const READABLE = 12;
  const boxes = data.vis.nodes.map((node) => ({ ...node, ...extent(node.label) }));

  function extent(label) {
    const lines = label.split("\n");
    return { wide: Math.max(...lines.map((text) => text.length)) * 0.56, lines: lines.length };
  }

  function labelSizes(near) {
    const scale = network.getScale();
    const placed = [];
    const nodesAsBoxes = boxes.filter((box) => nodeShown(box.id)).map(({ x, y, size }) => (
      { left: x - size * 0.7, right: x + size * 0.7, top: y - size * 0.7, bottom: y + size * 0.7 }));
    const sizes = new Map();
    const first = (box) => (box.id === state.selected ? 0 : near !== null && near.has(box.id) ? 1 : 2);
    const turn = boxes.filter((box) => !isPaper(box.id) && nodeShown(box.id)).sort((a, b) => first(a) - first(b));
    for (const box of turn) {
      const size = Math.max(box.font.size, READABLE / scale);
      const half = (box.wide * size) / 2;
      const top = box.y + box.size + 2;
      const bottom = top + box.lines * size * 1.1;
      const important = near === null ? sizes.size < 40 : near.has(box.id);
      const free = (important ? placed : [...placed, ...nodesAsBoxes]).every((other) => box.x + half < other.left || box.x - half > other.right || bottom < other.top || top > other.bottom);
      if (!free) continue;
      placed.push({ left: box.x - half, right: box.x + half, top, bottom });
      sizes.set(box.id, size);
    }
    return sizes;
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
    const size = Math.max(sizes.get(node.id) || 0, node.id === state.selected ? 14 / Math.min(network.getScale(), 1) : 0);
    const name = isPaper(node.id) ? cut(node.label, 60) : plainLabels.get(node.id);
    return {
      id: node.id, hidden: !nodeShown(node.id), opacity: faded ? 0.18 : 1, label: size ? name : " ", title: tip(node),
      borderWidth: chosen ? 3 : 1, borderWidthSelected: 3,
      color: { background: own, border: chosen ? ink.text : own, highlight: strong, hover: strong },
      font: { size: size || 1, color: faded ? ink.faint : ink.text,
        strokeWidth: faded ? 0 : 3, strokeColor: ink.ground, face: "system-ui, sans-serif" },
    };
  }

  function drawEdge(visEdge, near, ink) {
    const link = links.get(visEdge.id);
    const chosen = state.selected !== "" && [link.id, link.head, link.tail].includes(state.selected);
    const faded = near !== null && !chosen;
    const named = chosen && (near.size <= 30 || link.id === state.selected);
    const name = (link.held === "negated" ? "not: " : "") + data.relations[link.type][0];
    return {
      id: link.id, hidden: !linkShown(link), label: named ? name : " ",
      title: `${cut(nodes.get(link.head).label, 60)}\n${name}\n${cut(nodes.get(link.tail).label, 60)}`,
      color: { color: ink.edge, hover: ink.text, highlight: ink.text, opacity: faded ? 0.12 : chosen ? 1 : 0.75 },
      font: { size: 12, color: ink.text, strokeWidth: 4, strokeColor: ink.ground, face: "system-ui, sans-serif" },
    };
  }

  let drawnAt = 0;

  function draw() {
    const dark = darkness.matches;
    const ink = dark
      ? { text: "#e8eaed", ground: data.canvas.dark, edge: "#8b929b", faint: "#5a616b" }
      : { text: "#16191d", ground: data.canvas.light, edge: "#7b8189", faint: "#b4b9c0" };
    const near = focusSet();
    const sizes = labelSizes(near);
    drawnAt = network.getScale();
    visNodes.update(visNodes.map((node) => drawNode(node, near, ink, sizes)));
    visEdges.update(visEdges.map((edge) => drawEdge(edge, near, ink)));
    const shownNodes = data.vis.nodes.filter((node) => nodeShown(node.id) && !isPaper(node.id)).length;
    const shownPapers = data.vis.nodes.filter((node) => nodeShown(node.id) && isPaper(node.id)).length;
    const shownLinks = data.vis.edges.filter((edge) => linkShown(links.get(edge.id))).length;
    byId("counts").textContent =
      `${plural(shownNodes, "entity", "entities")}${shownPapers ? `, ${plural(shownPapers, "paper", "papers")}` : ""}, ` +
      `${plural(shownLinks, "relation", "relations")} shown`;
    if (!byId("table").hidden) fillTable();
  }

  function fit() {
    const ids = data.vis.nodes.map((node) => node.id).filter(nodeShown);
    if (ids.length) network.fit({ nodes: ids, maxZoomLevel: 1.4 });
  }

  function centre(id) {
    const around = links.get(id) ? links.get(id).tail : id;
    if (!nodeShown(around)) return;
    const scale = Math.max(network.getScale(), 0.9);
    network.focus(around, { scale, animation: calm.matches ? false : { duration: 250, easingFunction: "easeOutQuad" } });
  }

  /* ---- details ---- */

  function sentence(number, marks) {
    const [, text] = data.sentences[number];
    const signs = Array.from(text);
    const quote = element("blockquote", { dir: "auto" });
    let at = 0;
    for (const [start, end, role] of marks) {
      quote.append(signs.slice(at, start).join(""));
      quote.append(element("mark", { class: role ? "tail" : "head" }, signs.slice(start, end).join("")));
      at = end;
    }
    quote.append(signs.slice(at).join(""));
    return quote;
  }

  function proof(item) {
    const made = element("div", { class: "proof" });
    if (item.origin === "rule") made.append(element("p", { class: "note" }, `No sentence: a rule on the names gives this (${item.by}).`));
    else if (item.origin === "vocabulary") made.append(element("p", { class: "note" }, "No sentence: the vocabulary that comes with kg states this."));
    for (const [number, marks] of item.quotes) made.append(sentence(number, marks));
    const about = element("p", { class: "meta" });
    if (item.negated) about.append(element("span", { class: "flag" }, "denied by the paper · "));
    if (item.hedged) about.append(element("span", { class: "flag" }, "hedged · "));
    if (item.paper) {
      const paper = nodes.get(item.paper);
      about.append(anchor(paper.link, paper.title), ` ${paper.date} · probability ${item.p.toFixed(2)} · found by ${item.by}`);
    }
    if (about.hasChildNodes()) made.append(about);
    return made;
  }

  function proofs(link) {
    const made = element("div", { class: "proofs" }, ...link.evidence.map(proof));
    if (link.more) made.append(element("p", { class: "note" }, `${plural(link.more, "more piece", "more pieces")} of evidence left out.`));
    return made;
  }

  function figures(link) {
    if (link.held === "rule") return "rule";
    if (link.held === "vocabulary") return "vocabulary";
    if (link.held === "negated") return "denied";
    const hedge = link.held === "hedged" ? "hedged, " : "";
    return `${hedge}${plural(link.support, "paper", "papers")}, ${link.confidence.toFixed(2)}`;
  }

  function row(link, id) {
    const other = nodes.get(link.head === id ? link.tail : link.head);
    const item = element("li");
    let evidence = null;
    const opener = element(
      "button",
      { type: "button", "aria-expanded": "false", class: "opener", click: () => {
        if (evidence === null) item.append((evidence = proofs(link)));
        else evidence.hidden = !evidence.hidden;
        opener.setAttribute("aria-expanded", String(!evidence.hidden));
      } },
      element("span", { class: "name" }, icon(other.kind), other.label),
      isPaper(other.id) ? "" : element("span", { class: "figures" }, figures(link)),
    );
    const go = element("button", { type: "button", "aria-label": `Go to ${other.label}`, title: "Go there", click: () => select(other.id) }, "→");
    item.append(element("div", { class: "row" }, opener, go));
    return item;
  }

  function group(title, found, id, more) {
    const list = element("ul", { class: "rows" }, ...found.slice(0, 8).map((link) => row(link, id)));
    const made = element("div", {}, element("h3", {}, `${title} (${found.length + more})`), list);
    if (found.length > 8) {
      const button = element("button", { type: "button", click: () => {
        list.append(...found.slice(8).map((link) => row(link, id)));
        list.children[8].querySelector("button").focus();
        button.remove();
      } }, `Show ${found.length - 8} more`);
      made.append(button);
    }
    if (more) made.append(element("p", { class: "note" }, `${plural(more, "more paper", "more papers")} left out.`));
    return made;
  }

  function groups(node) {
    const found = new Map();
    for (const link of node.links) {
      const [forth, back] = data.relations[link.type];
      const title = link.head === node.id ? forth : back;
      if (!found.has(title)) found.set(title, { links: [], more: link.head === node.id ? 0 : (node.more || {})[link.type] || 0 });
      found.get(title).links.push(link);
    }
    const strength = (link) => link.confidence + link.support;
    return [...found].map(([title, { links: some, more }]) =>
      group(title, some.sort((a, b) => strength(b) - strength(a)), node.id, more));
  }

  function aboutEntity(node) {
    const made = [element("h2", { dir: "auto" }, node.label)];
    const seen = node.first ? `, first seen ${node.first}` : "";
    made.push(element("p", { class: "meta" }, icon(node.kind), `${node.kind} in ${plural(node.support, "paper", "papers")}${seen}`));
    if (node.alt.length) made.push(element("p", { class: "meta" }, `Also called: ${node.alt.join(" · ")}`));
    made.push(...groups(node));
    if (node.beyond) made.push(element("p", { class: "note" }, `${plural(node.beyond, "more relation leads", "more relations lead")} to entities that are not on this page.`));
    if (node.papers.length) {
      made.push(element("h3", {}, node.papers.length < node.support ? `Latest ${node.papers.length} of ${node.support} papers` : "Papers"));
      made.push(element("ul", {}, ...node.papers.map((id) => element("li", {}, anchor(nodes.get(id).link, nodes.get(id).title), ` ${nodes.get(id).date}`))));
    }
    return made;
  }

  function aboutPaper(node) {
    const made = [element("h2", { dir: "auto" }, anchor(node.link, node.title))];
    made.push(element("p", { class: "meta" }, icon("Paper"), ["Paper", node.by, node.date].filter(Boolean).join(" · ")));
    return [...made, ...groups(node)];
  }

  function aboutLink(link) {
    const end = (id) => element("button", { type: "button", click: () => select(id) }, icon(nodes.get(id).kind), nodes.get(id).label);
    return [
      element("h2", { class: "aside" }, data.relations[link.type][0]),
      element("p", {}, end(link.head), ` ${link.held === "negated" ? "not " : ""}${data.relations[link.type][0]} `, end(link.tail)),
      element("p", { class: "meta" }, `${figures(link)} · ${data.held[link.held][1]}`),
      proofs(link),
    ];
  }

  function welcome() {
    return [
      element("h2", {}, "Details"),
      element("p", {}, "Click a node to see what papers say about it, or a line to see the sentences behind it."),
      element("p", { class: "note" }, "Keys: / finds, Enter chooses, Esc clears. Scroll to zoom; small labels appear when you are near."),
    ];
  }

  function select(id) {
    state.selected = id;
    const link = links.get(id);
    const node = nodes.get(id);
    const content = link ? aboutLink(link) : !node ? welcome() : node.kind === "Paper" ? aboutPaper(node) : aboutEntity(node);
    byId("shown").replaceChildren(...content);
    byId("details").scrollTop = 0;
    if (node && drawn.has(id) && !state.kinds.has(node.kind)) {
      state.kinds.add(node.kind);
      fillLegend();
    }
    byId("said").textContent = link
      ? `${nodes.get(link.head).label} ${data.relations[link.type][0]} ${nodes.get(link.tail).label}, ${plural(link.evidence.length, "piece", "pieces")} of evidence`
      : node ? `${node.label}, ${node.kind}, ${plural(node.links.length, "relation", "relations")}` : "Nothing chosen";
    draw();
    network.setSelection(link && linkShown(link) ? { edges: [id] } : node && nodeShown(id) ? { nodes: [id] } : { nodes: [] });
    if (id) centre(id);
  }
  /* ---- legend, which is also the filter ---- */

  function tick(set, name, ...label) {
    const box = element("input", { type: "checkbox" });
    box.checked = set.has(name);
    box.addEventListener("change", () => {
      if (box.checked) set.add(name);
      else set.delete(name);
      draw();
    });
    return element("label", {}, box, ...label);
  }

  function fillLegend() {
    const number = (count) => element("span", { class: "number" }, count.toLocaleString("en"));
    const count = (all, test) => number(all.filter(test).length);
    const field = (name, ...ticks) => element("fieldset", {}, element("legend", {}, name), ...ticks);
    const drawnLinks = data.vis.edges.map((edge) => links.get(edge.id));
    const between = drawnLinks.filter((link) => !isPaper(link.head));
    byId("legend").replaceChildren(
      field("Kinds", ...Object.entries(data.kinds).map(([kind, look]) =>
        tick(state.kinds, kind, icon(kind), look.plural, count(data.vis.nodes, (node) => nodes.get(node.id).kind === kind)))),
      field("Relations", ...Object.entries(data.relations)
        .filter(([type]) => between.some((link) => link.type === type))
        .map(([type, [forth]]) => tick(state.relations, type, forth, count(between, (link) => link.type === type)))),
      field("Lines", ...Object.entries(data.held)
        .filter(([held]) => drawnLinks.some((link) => link.held === held))
        .map(([held, [, says]]) => tick(state.held, held, line(held), says))),
    );
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

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
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
      icon(node.kind), cut(node.label, 90), element("small", {}, ` ${node.kind}`))));
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
    fillLegend();
    draw();
  });
  byId("message").textContent = data.message;
  if (data.center) {
    const title = `Around ${cut(nodes.get(data.center).label, 80)}`;
    byId("title").textContent = title;
    document.title = `${title} · knowledge graph`;
  }
  fillLegend();
  select(data.center);
  fit();
  window.graphPage = { network, select, nodes, links };
})();
