"""How things look and read on the page: data only.

Shape and colour both tell the kind, so colour is never alone. Each colour has a contrast of at least
3:1 against its canvas; of the Okabe-Ito palette the light page therefore leaves out orange, sky blue,
yellow and grey, and the dark page uses them instead.
"""

#: Canvas background of the light and the dark page.
CANVAS = {"light": "#ffffff", "dark": "#14171c"}

#: Lines on the light and the dark page, those at rest and those that only papers' denials hold.
LINES = {
    "light": {"rest": "#777d85", "denied": "#a63b00"},
    "dark": {"rest": "#838a94", "denied": "#ffb48a"},
}

#: Kind -> vis-network shape, plural for the legend, colour on the light and on the dark canvas.
KINDS: dict[str, dict[str, str]] = {
    "Method": {"shape": "dot", "plural": "Methods", "light": "#0072b2", "dark": "#56b4e9"},
    "Dataset": {"shape": "square", "plural": "Datasets", "light": "#d55e00", "dark": "#e69f00"},
    "Concept": {"shape": "diamond", "plural": "Concepts", "light": "#009e73", "dark": "#2cc295"},
    "Task": {"shape": "triangle", "plural": "Tasks", "light": "#b8558f", "dark": "#cc79a7"},
    "Metric": {"shape": "triangleDown", "plural": "Metrics", "light": "#3d3d3d", "dark": "#f0e442"},
    "Paper": {"shape": "hexagon", "plural": "Papers", "light": "#76797d", "dark": "#9aa0a6"},
}

#: What holds an edge -> its line (dash lengths, empty for solid) and what the legend says.
HELD: dict[str, tuple[tuple[float, ...], str]] = {
    "text": ((), "papers"),
    "hedged": ((16, 4), "hedged only"),
    "rule": ((8, 5), "rule only"),
    "vocabulary": ((1.5, 4), "vocabulary only"),
    "negated": ((10, 4, 2, 4), "denied only"),
}
