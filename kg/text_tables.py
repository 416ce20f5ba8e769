"""Hold the word lists and character tables behind kg.text, and read those of pylatexenc."""

import re
import unicodedata
from functools import cache
from types import MappingProxyType

GREEK = MappingProxyType(
    {
        "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
        "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
        "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    }
)  # fmt: skip

#: Macros whose braced argument is not shown.
HIDDEN = frozenset(
    "cite citet citep citeyear citeauthor citealp ref eqref autoref cref Cref label footnote thanks vspace hspace "
    "color includegraphics begin end pagestyle thispagestyle bibliography bibliographystyle usepackage cellcolor "
    "rowcolor footnotemark footnotetext index phantom hphantom vphantom".split()
)

#: Macros of which only the second argument is shown.
SECOND = frozenset("href textcolor hyperlink hyperref colorbox fcolorbox foreignlanguage raisebox scalebox".split())

#: Macros without text of their own: styles, sizes, delimiters. Names in "text" and "math" are known by that.
STYLES = frozenset(
    "bf it em rm sc tt sf sl cal bfseries itshape ttfamily scshape upshape mdseries large Large LARGE huge Huge small "
    "tiny normalsize footnotesize scriptsize displaystyle scriptstyle left right big Big bigg Bigg bigl bigr biggl "
    "biggr Bigl Bigr middle limits nolimits noindent par centering protect xspace boldmath unboldmath bm boldsymbol "
    "emph underline uline mbox hbox fbox operatorname url nolinkurl path newline linebreak smallskip medskip bigskip "
    "nobreak allowbreak relax ensuremath sbp rule".split()
)

#: Macros that authors define alike, and names where pylatexenc's sign is not what abstracts mean.
OVERRIDES = MappingProxyType(
    {
        "deg": "°", "degree": "°", "ie": "i.e.", "eg": "e.g.", "etal": "et al.", "etc": "etc.", "wrt": "w.r.t.",
        "ast": "*", "star": "*", "sim": "~", "sqrt": "√", "dots": "…", "nbsp": " ", "quad": " ", "qquad": " ",
        "textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}",
        "textsuperscript": "^", "lVert": "‖", "rVert": "‖", "colon": ":", "gets": "←", "iff": "⇔", "implies": "⇒",
        "poly": "poly", "det": "det", "Pr": "Pr", "arg": "arg", "argmax": "argmax", "argmin": "argmin",
    }
)  # fmt: skip

#: pylatexenc names that are rarely meant as its signs in an abstract.
_NOT_SYMBOLS = frozenset("today id Ident image original between estimates because natural flat".split())

#: Macros for letters: TeX swallows the space after them, and so must we inside a word.
LETTERS = frozenset("oe OE ae AE aa AA o O ss l L i j dh DH th TH".split())

_ACCENTS = "\" ' ` ^ ~ = . c H k b d r u v vec dot hat check breve acute grave tilde bar ddot widehat widetilde".split()


@cache
def symbols() -> dict[str, str]:
    """Return what each TeX macro without arguments stands for, from pylatexenc's tables."""
    from pylatexenc.latex2text import get_default_latex_context_db  # heavy: 70 ms

    found: dict[str, str] = {}
    for spec in get_default_latex_context_db().iter_macro_specs():
        sign = spec.simplify_repl
        if isinstance(sign, str) and "%" not in sign and spec.macroname.isalpha():
            greek = len(sign) == 1 and "\u0370" <= sign <= "\u03ff" and spec.macroname != "varsigma"
            found.setdefault(spec.macroname, unicodedata.normalize("NFKC", sign) if greek else re.sub(r"\s", " ", sign))
    found = {name: sign for name, sign in found.items() if name not in _NOT_SYMBOLS | HIDDEN}
    return {**found, **OVERRIDES}


@cache
def accents() -> dict[str, str]:
    """Return the combining characters of each TeX accent macro, as pylatexenc sets them on a letter."""
    from pylatexenc.latex2text import LatexNodes2Text

    convert = LatexNodes2Text().latex_to_text
    plain = {"widehat": "hat", "widetilde": "tilde"}
    return {a: unicodedata.normalize("NFD", convert(f"\\{plain.get(a, a)}{{x}}"))[1:] for a in _ACCENTS}


#: HTML and JATS tags that only style text; others, such as <think>, are what the paper writes about.
TAGS = "i|b|em|strong|sub|sup|p|br|span|a|tt|code|u|small|div|font|h[1-6]|li|ul|ol|(?:jats|mml):[A-Za-z]+"

#: Words that end in s and are no plural, and plurals that no rule reaches.
SINGULAR = frozenset(
    "bayes bias alias atlas canvas pandas gas texas keras lens news series species gibbs stokes hermes reuters chaos "
    "cosmos ethos descartes mars kubernetes always perhaps christmas siemens naiads aries los "
    "lpips diabetes pancreas debias procrustes whereas".split()
)
IRREGULAR = MappingProxyType(
    {
        "analyses": "analysis", "hypotheses": "hypothesis", "syntheses": "synthesis", "theses": "thesis",
        "biases": "bias", "aliases": "alias", "lenses": "lens", "gases": "gas", "matrices": "matrix",
        "vertices": "vertex", "indices": "index", "criteria": "criterion", "phenomena": "phenomenon",
        "corpora": "corpus", "axes": "axis", "caches": "cache", "movies": "movie", "cookies": "cookie",
        "calories": "calorie", "viruses": "virus", "buses": "bus",
        "prostheses": "prosthesis", "parentheses": "parenthesis",
        "bonuses": "bonus", "statuses": "status", "heroes": "hero", "echoes": "echo", "quizzes": "quiz",
        "halves": "half", "leaves": "leaf", "appendices": "appendix", "simplices": "simplex", "minima": "minimum",
        "maxima": "maximum", "optima": "optimum", "spectra": "spectrum", "simulacra": "simulacrum", "niches": "niche",
    }
)  # fmt: skip

#: Prefixes that the literature writes solid, with a hyphen and with a space.
PREFIXES = frozenset(
    "multi pre semi non sub super auto hyper re co over under inter intra anti pseudo spatio bi uni de un mini meta "
    "post counter micro macro".split()
)
#: Prefixes that are prepositions too, joined across a space only at the start of a name: not "attention over time".
PREPOSITIONS = frozenset(("over", "under"))
#: Words a prefix is not joined with: "pre and post training".
LOOSE = frozenset("a an and as at by for from in of on or the to vs with".split())
#: First words joined with a second that begins so: "fine tuning", "data set", "back propagation".
COMPOUNDS = MappingProxyType({"fine": ("tun", "grain"), "data": ("set", "base"), "back": ("prop",), "soft": ("max",)})

#: British spellings by rule: (pattern on one lower-case word, replacement).
SPELLINGS = (
    (re.compile(r"([a-z]{2,}[^v\W])isation"), r"\1ization"),
    (
        re.compile(
            r"(?!promis|compromis|premis|demis|treatis)"
            r"([a-z]{2,}(?:a[lnrt]|e[lnrst]|i[clmnt]|o[mnr]|[gy]n|nt|rd|tr|ym))is(e|ed|er|ers|es|ing)"
        ),
        r"\1iz\2",
    ),
    (re.compile(r"([a-z]+al)ys(e|ed|er|ers|ing)"), r"\1yz\2"),
    (re.compile(r"(behavi|col|neighb|fav|lab|flav|endeav|hum|rum|tum|vap|arm|rig|vig|od)our(\w*)"), r"\1or\2"),
    (re.compile(r"([a-z]{2,}[bdnuv][ae])ll(ing|ings|ed|er|ers)"), r"\1l\2"),
    (re.compile(r"(cent|fib|met|calib|theat)re(s?)"), r"\1er\2"),
    (re.compile(r"centred"), "centered"),
    (re.compile(r"(dial|catal|anal)ogue(s?)"), r"\1og\2"),
    (re.compile(r"(def|off|lic)ence(s?)"), r"\1ense\2"),
    (re.compile(r"artefact(s?)"), r"artifact\1"),
    (re.compile(r"programme(s?)"), r"program\1"),
    (re.compile(r"grey(\w*)"), r"gray\1"),
)

#: Letters and signs that Unicode does not decompose, in names.
FOLDS = str.maketrans(
    {
        **{sign: name for name, sign in GREEK.items()}, "ς": "sigma", "ø": "o", "ł": "l", "đ": "d", "æ": "ae",
        "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "×": "x", "∞": "infty", "⋆": "*", "∗": "*", "★": "*", "−": "-",
        "∇": "nabla", "∂": "d", "™": "", "®": "", "©": "", "♯": "#", "→": " ", "↔": " ",
    }
)  # fmt: skip

#: Words that are mathematics and not language.
FUNCTIONS = frozenset(
    "log ln exp sin cos tan tanh min max sup inf lim det tr poly polylog argmax argmin arg hat tilde bar sqrt frac "
    "mathcal mathbb mathbf mathrm infty ell sum int prod times circ cdot leq geq le ge neq left right mid to in".split()
) | {name for word in GREEK for name in (word, word.capitalize())}
