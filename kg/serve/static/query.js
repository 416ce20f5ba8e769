"use strict";

/* The query page: YASGUI on this server's endpoint, the recipes, and links that stay on this server. */
(() => {
  const place = document.getElementById("yasgui");
  const client = JSON.parse(place.dataset.client);
  const endpoint = new URL("/sparql", location.href).href;
  /* The endpoint knows the prefixes of the graph; declared, a query can be taken elsewhere, and the editor knows them. */
  const declared = (text) => {
    const bare = text.replace(/#[^\n]*|"(?:[^"\\\n]|\\.)*"/g, "");
    const used = Object.entries(client.prefixes).filter(([name]) => new RegExp(`(^|[^\\w:?$-])${name}:`).test(bare));
    return `${used.map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`).join("")}${text}`;
  };
  const first = declared(`SELECT ?entity ?name ?papers
WHERE {
  ?entity a kg:Method ;
    skos:prefLabel ?name ;
    kg:support ?papers .
}
ORDER BY DESC(?papers)
LIMIT 20
`);

  /* Names after "PREFIX" come from this graph, and nothing is asked of another server. */
  Yasgui.Yasqe.defaults.autocompleters = ["kg-prefixes", "variables"];
  Yasgui.Yasqe.forkAutocompleter("prefixes", {
    name: "kg-prefixes",
    persistenceId: null,
    get: () => Promise.resolve(Object.entries(client.prefixes).map(([name, iri]) => `${name}: <${iri}>`)),
  });
  Yasgui.defaults.requestConfig.endpoint = endpoint;
  Yasgui.Yasqe.defaults.value = first;
  Yasgui.Yasr.defaults.prefixes = client.prefixes;

  const yasgui = new Yasgui(place, {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [{ endpoint }], keys: [], renderItem: () => {} },
    persistenceId: `kg ${client.base}`,
    populateFromUrl: true,
    yasqe: { value: first, editorHeight: "320px", resizeable: true, prefixCcApi: null },
    yasr: { prefixes: client.prefixes },
  });
  /* What an earlier visit kept may name the port of that time. */
  for (const tab of Object.values(yasgui._tabs)) tab.setEndpoint(endpoint);
  if (!yasgui.getTab()) yasgui.addTab(true);
  window.kgQuery = yasgui;

  /* An IRI of this graph opens its page here, whatever its base. */
  const starts = [[client.ontology, "/ontology#"], [client.prefixes.term, "/vocabulary/"], [client.base, "/"]];
  const local = (iri) => {
    for (const [start, path] of starts) {
      if (iri.startsWith(start) && iri.length > start.length) {
        const rest = iri.slice(start.length);
        return path + (path === "/" ? rest.split("#").map(encodeURI).join("#") : encodeURI(rest));
      }
    }
    return null;
  };
  const turn = (event) => {
    const link = event.target instanceof Element ? event.target.closest("#yasgui a[href]") : null;
    if (!link) return;
    const path = local(link.getAttribute("href"));
    if (path !== null) link.setAttribute("href", path);
  };
  for (const name of ["pointerover", "focusin", "click"]) document.addEventListener(name, turn, true);

  const form = document.getElementById("recipes");
  const choice = document.getElementById("recipe");
  const values = document.getElementById("values");
  const told = document.getElementById("told");
  choice.addEventListener("change", () => {
    const chosen = choice.selectedOptions[0];
    const template = document.querySelector(`template[data-recipe="${CSS.escape(choice.value)}"]`);
    values.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    document.getElementById("take").disabled = !template;
    document.getElementById("help").textContent = chosen.dataset.help || "";
    told.textContent = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    const given = new URLSearchParams();
    for (const input of values.querySelectorAll("input")) if (input.value.trim()) given.set(input.name, input.value);
    const chosen = choice.selectedOptions[0];
    try {
      const answer = await fetch(`/recipe/${encodeURIComponent(choice.value)}?${given}`);
      const text = await answer.text();
      if (!answer.ok) {
        told.textContent = text;
        return;
      }
      const name = [chosen.dataset.title, ...values.querySelectorAll("input[required]")].map((part) => part.value || part);
      yasgui.addTab(true, {
        name: name.join(": "),
        yasqe: { value: declared(text) },
        requestConfig: { ...Yasgui.Tab.getDefaults(yasgui).requestConfig, endpoint },
      });
    } catch (error) {
      told.textContent = `This server does not answer (${error.message}).`;
    }
  });
})();
