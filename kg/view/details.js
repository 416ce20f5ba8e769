"use strict";
/* The details of what is chosen: relations and the sentences behind them.
   The page runs graph.js, details.js and tools.js as one script; data reaches the page as text only. */

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
  if (isPaper(link.head)) return `${hedge}${link.confidence.toFixed(2)}`;
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
    element("span", { class: "name" }, icon(other.kind), other.label,
      drawn.has(other.id) ? "" : element("small", {}, " not drawn")),
    element("span", { class: "figures" }, figures(link)),
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
  const order = Object.keys(data.relations);
  const turn = (link) => 2 * order.indexOf(link.type) + (link.head === node.id ? 0 : 1);
  for (const link of [...node.links].sort((a, b) => turn(a) - turn(b))) {
    const [forth, back] = data.relations[link.type];
    const title = link.head === node.id ? forth : back;
    if (!found.has(title)) found.set(title, { links: [], more: link.head === node.id ? 0 : (node.more || {})[link.type] || 0 });
    found.get(title).links.push(link);
  }
  const strength = (link) => link.confidence + link.support;
  const made = [...found].map(([title, { links: some, more }]) =>
    group(title, some.sort((a, b) => strength(b) - strength(a)), node.id, more));
  const rest = Object.entries(node.more || {}).filter(([type]) => !found.has(data.relations[type][1]))
    .map(([type, count]) => `${data.relations[type][1]} ${plural(count, "paper", "papers")}`);
  if (rest.length) made.push(element("p", { class: "note" }, `Left out here: ${rest.join(", ")}.`));
  return made;
}

function aboutEntity(node) {
  const made = [element("h2", { dir: "auto" }, node.label)];
  const seen = node.first ? `, first seen ${node.first}` : "";
  made.push(element("p", { class: "meta" }, icon(node.kind), `${node.kind} in ${plural(node.support, "paper", "papers")}${seen}`));
  if (node.alt.length) made.push(element("p", { class: "meta" }, `Also called: ${node.alt.slice(0, 8).join(" · ")}${node.alt.length > 8 ? " …" : ""}`));
  if (!drawn.has(node.id)) made.push(element("p", { class: "note" }, "Not drawn on this page."));
  made.push(...groups(node));
  made.push(beyond(node, "with other entities "));
  if (node.papers.length) {
    made.push(element("h3", {}, node.papers.length < node.support ? `Latest ${node.papers.length} of ${node.support} papers` : "Papers"));
    made.push(element("ul", {}, ...node.papers.map((id) => element("li", {}, anchor(nodes.get(id).link, nodes.get(id).title), ` ${nodes.get(id).date}`))));
  }
  return made;
}

function subject([id, label]) {
  if (!id) return element("span", { dir: "auto" }, label);
  return element("button", { type: "button", click: () => select(id) }, icon(nodes.get(id).kind), nodes.get(id).label);
}

function aboutPaper(node) {
  const made = [element("h2", { dir: "auto" }, anchor(node.link, node.title))];
  made.push(element("p", { class: "meta" }, icon("Paper"), ["Paper", node.by, node.date].filter(Boolean).join(" · ")));
  if (node.about.length) made.push(element("p", { class: "about" }, "Most about:", ...node.about.flatMap((each) => [" ", subject(each)])));
  if (!node.links.length && !node.beyond) made.push(element("p", { class: "note" }, "No relation of this paper is asserted."));
  return [...made, ...groups(node), beyond(node, "")];
}

function beyond(node, which) {
  return node.beyond ? element("p", { class: "note" }, `${plural(node.beyond, "more relation", "more relations")} ${which}left out.`) : "";
}

function aboutLink(link) {
  const end = (id) => element("button", { type: "button", click: () => select(id) }, icon(nodes.get(id).kind), nodes.get(id).label);
  return [
    element("h2", { class: "aside" }, data.relations[link.type][0]),
    element("p", {}, end(link.head), ` ${link.held === "negated" ? "not " : ""}${data.relations[link.type][0]} `, end(link.tail)),
    element("p", { class: "meta" }, `${isPaper(link.head) ? "confidence " : ""}${figures(link)} · ${data.held[link.held][1]}`),
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

function select(id, move = true) {
  state.selected = id;
  const link = links.get(id);
  const node = nodes.get(id);
  const content = link ? aboutLink(link) : !node ? welcome() : node.kind === "Paper" ? aboutPaper(node) : aboutEntity(node);
  byId("shown").replaceChildren(...content);
  byId("details").scrollTop = 0;
  byId("said").textContent = link
    ? `${nodes.get(link.head).label} ${data.relations[link.type][0]} ${nodes.get(link.tail).label}, ${plural(link.evidence.length, "piece", "pieces")} of evidence`
    : node ? `${node.label}, ${node.kind}, ${plural(node.links.length, "relation", "relations")}` : "Nothing chosen";
  draw();
  network.setSelection(link && linkShown(link) ? { edges: [id] } : node && nodeShown(id) ? { nodes: [id] } : { nodes: [] });
  if (id && move) centre(id);
}
