"use strict";
/* Draw the network that pyvis described; titles are text, and the nodes stand still after the first steps. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const titled = (list) => list.map((item) => {
    const box = document.createElement("div");
    box.textContent = item.title;
    return { ...item, title: box };
  });
  const nodes = new vis.DataSet(titled(data.nodes));
  const edges = new vis.DataSet(titled(data.edges));
  const network = new vis.Network(document.getElementById("network"), { nodes, edges }, data.options);
  Object.assign(window, { network }); // for those who script the page
  network.once("stabilizationIterationsDone", () => network.setOptions({ physics: { enabled: false } }));
})();
