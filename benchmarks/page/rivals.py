"""The same graph as pages of pyvis and of sigma 3, to be measured beside ours."""

import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

#: Packages of the npm registry that sigma's page is made of, with the file of each that a browser can read.
SIGMA = {"graphology@0.26.0": "dist/graphology.umd.min.js", "sigma@3.0.3": "dist/sigma.min.js"}

#: Colours of the kinds; the rivals need some.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b8558f", "#3d3d3d")

#: Room for the graph as in our page: most of the window.
_SIGMA_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>sigma</title>
<style>html, body, #stage {{ margin: 0; height: 100vh; overflow: hidden; }}</style><div id="stage"></div>
<script>{graphology}</script><script>{sigma}</script>
<script>
const data = {data};
const graph = new graphology.MultiDirectedGraph();
data.nodes.forEach((node, number) => graph.addNode(number, node));
data.edges.forEach(([source, target, size]) => graph.addEdge(source, target, {{ size, color: "#bbb" }}));
const renderer = new Sigma(graph, document.getElementById("stage"));
renderer.once("afterRender", () => {{ window.drawn = true; }});
renderer.refresh();
</script></html>
"""


def fetch_sigma(cache: Path) -> list[str]:
    """Fetch the packages once into ``cache`` with npm; give their code."""
    cache.mkdir(parents=True, exist_ok=True)
    code = []
    for package, inside in SIGMA.items():
        archive = cache / f"{package.replace('@', '-')}.tgz"
        if not archive.exists():
            subprocess.run(["npm", "pack", "--silent", package], cwd=cache, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(archive) as opened:
            member = opened.extractfile(f"package/{inside}")
            assert member is not None
            code.append(member.read().decode("utf-8"))
    return code


def sigma_page(data: dict[str, Any], code: list[str]) -> str:
    """Write the graph of our page's data for sigma, with our positions."""
    nodes = data["nodes"]
    columns = zip(nodes["label"], nodes["x"], nodes["y"], nodes["kind"], nodes["support"], strict=True)
    plain = {
        "nodes": [
            {"label": label, "x": x, "y": -y, "size": 2 + support**0.5 / 2, "color": COLOURS[kind % len(COLOURS)]}
            for label, x, y, kind, support in columns
        ],
        "edges": [[source, target, 1] for source, target in _edges(data)],
    }
    text = json.dumps(plain).replace("<", "\\u003c")
    return _SIGMA_PAGE.format(graphology=code[0], sigma=code[1], data=text)


def _edges(data: dict[str, Any]) -> list[tuple[int, int]]:
    """Give the ends of the edges that are stated; a denied one has confidence 0."""
    edges = data["edges"]
    columns = zip(edges["source"], edges["target"], edges["confidence"], strict=True)
    return [(source, target) for source, target, confidence in columns if confidence > 0]


def pyvis_page(data: dict[str, Any], *, still: bool) -> str:
    """Write the graph of our page's data with pyvis: as its defaults do, or ``still``, with our positions."""
    from pyvis.network import Network

    network = Network(directed=True, height="100vh", cdn_resources="in_line")
    nodes = data["nodes"]
    for number, label in enumerate(nodes["label"]):
        place = {"x": nodes["x"][number], "y": nodes["y"][number]} if still else {}
        kind = COLOURS[nodes["kind"][number] % len(COLOURS)]
        # add_node and add_edge look through all nodes each time, which is quadratic; the page is the same.
        network.nodes.append({"id": number, "label": label, "color": kind, "shape": "dot", "size": 10, **place})
    network.edges = [{"from": source, "to": target, "arrows": "to"} for source, target in _edges(data)]
    if still:
        network.toggle_physics(False)
    return str(network.generate_html(notebook=False))
