import csv
import re
import string
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.text import Readable, clean, is_mathematics, normal_form, readable, solid_form

READABLE = [
    (r"Schr\"odinger, Schr\"{o}dinger, Schr{\"o}dinger", "Schrödinger, Schrödinger, Schrödinger"),
    (r"na\"{\i}ve, Fr\'echet, Erd\H{o}s, Poincar\'{e}, \v{C}ech, \c{c}a", "naïve, Fréchet, Erdős, Poincaré, Čech, ça"),
    (r"Stra\ss e and \O rsted", "Straße and Ørsted"),
    (
        r"we study {\it determinism} and \emph{drift}, \textit{not} {\bf noise}",
        "we study determinism and drift, not noise",
    ),
    (r"\textbf{L}arge \underline{\textbf{S}}teps", "Large Steps"),
    (r"14.2\% of S\&P, snake\_case, \$5 and \#1", "14.2% of S&P, snake_case, $5 and #1"),
    (r"i.\,i.\,d samples~(30)", "i.i.d samples (30)"),
    ("``quotes'' and `single'", "“quotes” and `single'"),
    (r"seen before~\cite{a,b} and \citep[see][p. 2]{c}.", "seen before  and ."),
    ("the $R^2$VLM model", "the R^2VLM model"),
    (r"top-$k$, $\epsilon$-greedy, $\beta$-VAE", "top-k, ε-greedy, β-VAE"),
    (r"$\ell_\infty$, $\ell_{1/2}$, $\mathbb{R}^{d}$, $10^{-3}$", "ℓ_∞, ℓ_(1/2), R^d, 10^-3"),
    (r"$\tilde{O}(\sqrt{m})$ and $\frac{a}{b+1}$", "Õ(√m) and a/(b+1)"),
    (r"512$\times$512$\times$256", "512×512×256"),
    (r"\(k\)-means, 360{\deg}, $90^\circ$", "k-means, 360°, 90°"),
    (r"a$\unicode{x2014}$b at \href{https://x.y/z_1}{our page}", "a—b at our page"),
    (r"\ourmethod{} beats \OURS by 11{,}133, \ie, a lot", "ourmethod beats OURS by 11,133, i.e., a lot"),
    (r"$a$$b$ and $$c$$", "ab and c"),
    ("Fokker--Planck, x -- y", "Fokker–Planck, x -- y"),
    ("6.94times, 64{times}64, ell_infty, {to}infty", "6.94×, 64×64, ℓ_∞, →∞"),
    ("h_{CLT}(alpha), mathcal{O}(1/T), mathcal I_r, beta_2", "h_CLT(alpha), O(1/T), I_r, β_2"),
    ("R&amp;D, 2&#177;1, a &lt; b, &nosuch; &D;", "R&D, 2±1, a < b, &nosuch; &D;"),
    ('H<sub>2</sub>O, R<sup>2</sup>, <i>very</i> <a href="u">new</a>', "H2O, R^2, very new"),
    ("a\tb\nc\u00a0d", "a b c d"),
]

UNTOUCHED = [
    "it costs $5 at 50% in C# or C++ (R&D), 3.5 times faster",
    "from $3M to $7M, $100K+ and then $4 a test",
    "the field snake_case of foo_bar_2, a <think> token, a < b > c",
    "an unbalanced } brace and { another",
    "the sets {1, 2} and {red, green}",
    r"in C:\Users\name\alpha.txt",
    "about ~8B weights, 5~10 steps, http://x.y/~user",
    "`code` and model`s",
    "a lone backslash \\",
    "",
]


@pytest.mark.parametrize(("raw", "text"), READABLE)
def test_readable(raw: str, text: str) -> None:
    assert readable(raw).text == text


@pytest.mark.parametrize("raw", UNTOUCHED)
def test_what_is_no_markup_stays(raw: str) -> None:
    assert readable(raw).text == raw


@pytest.mark.parametrize(
    ("raw", "name", "slice_"),
    [
        ("the $R^2$VLM model", "R^2VLM", "$R^2$VLM"),
        (r"so {\it determinism} is", "determinism", "determinism"),
        (r"so {\it hard determinism} is", "so hard determinism", r"so {\it hard determinism}"),
        (r"so {\it hard determinism} is", "determinism is", "determinism} is"),
        (r"Schr\"odinger bridges", "Schrödinger", r"Schr\"odinger"),
        ("with top-$k$ sampling", "top-k", "top-$k$"),
        (r"a $\beta$-VAE here", "β-VAE", r"$\beta$-VAE"),
        (r"\textbf{L}azy learning", "Lazy learning", r"\textbf{L}azy learning"),
        (r"the MP$_{+}$ net", "MP_+", "MP$_{+}$"),
        (r"an A$^\text{T}$A here", "A^TA", r"A$^\text{T}$A"),
        ("plain words here", "words", "words"),
        ("2&#177;1", "±", "&#177;"),
    ],
)
def test_span_takes_the_delimiters_that_belong_to_the_name(raw: str, name: str, slice_: str) -> None:
    found = readable(raw)
    start = found.text.index(name)
    low, high = found.span(start, start + len(name))
    assert raw[low:high] == slice_


def test_span_of_nothing_is_a_point() -> None:
    assert readable("").span(0, 3) == (0, 0)
    assert readable("ab").span(2, 2) == (2, 2)
    assert readable("ab").span(1, 1) == (1, 1)


PIECES = st.sampled_from(
    [
        *r"\ { } $ $$ ~ ^ _ & % # \( \) \[ \" \' \cite \textbf \frac \sqrt \alpha \hat \unicode{x2014} \href".split(),
        *r"\it \ss \\ < <i> </i> &amp; &#0; &#xd800; infty mathcal C:\a\b `` '' -- --- 5 a Foo ( ) , : é".split(),
        *(" ", "\n", "\u00a0", "\ufeff", "times"),
    ]
)
MARKUP = st.lists(PIECES, max_size=30).map("".join)


def check(raw: str, found: Readable) -> None:
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= low < high <= len(raw) for low, high in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    assert not re.search(r"[^\S ]", found.text)


@given(st.one_of(st.text(), MARKUP), st.integers(0, 40), st.integers(0, 40))
@example(r"$\frac{", 0, 5)
@example("{$}$", 0, 2)
def test_alignment_holds_for_any_text(raw: str, start: int, end: int) -> None:
    found = readable(raw)
    check(raw, found)
    low, high = found.span(start, end)
    assert 0 <= low <= high <= len(raw)
    if start < end <= len(found.text):
        assert low <= found.starts[start]
        assert high >= found.ends[end - 1]


@given(
    st.text(string.ascii_letters + string.digits + " .,;:()[]!?%#+*/='\"@|-", max_size=200).filter(
        lambda t: "--" not in t
    )
)
def test_plain_text_is_itself(raw: str) -> None:
    if not re.search(r"\dtimes|infty|math(cal|bb|bf|rm)", raw):
        assert readable(raw) == Readable(raw, tuple(range(len(raw))), tuple(range(1, len(raw) + 1)))


@given(st.text())
def test_clean_keeps_the_length_and_leaves_nothing_to_clean(raw: str) -> None:
    cleaned = clean(raw)
    assert len(cleaned) == len(raw)
    assert clean(cleaned) == cleaned
    cleaned.encode()


def test_clean() -> None:
    assert clean("a\x00b\ud800c\td\n") == "a\ufffdb\ufffdc\td\n"


def test_long_and_nested_markup_takes_linear_time() -> None:
    started = time.perf_counter()
    normal_form("6times" * 10_000)
    for raw in (
        "{a," * 20_000 + "}" * 20_000,
        "{" * 50_000,
        "$" * 50_000,
        r"\textbf{" * 20_000 + "x" + "}" * 20_000,
        "<a " * 50_000,
        "&a" * 50_000,
    ):
        check(raw, readable(raw))
    assert time.perf_counter() - started < 20


SAME = [
    ("Schrödinger bridges", r"Schr\"odinger bridge"),
    ("multi-layer perceptrons", "multilayer perceptron"),
    ("pre-training", "pretraining"),
    ("fine-tuning", "finetuning"),
    ("the Kullback–Leibler (KL) divergence", "Kullback-Leibler divergences"),
    ("quantisation-aware training", "Quantization aware training"),
    ("behaviour modelling", "behavior modeling"),
    ("nearest neighbours", "nearest neighbor"),
    ("optimised", "optimized"),
    ("GANs", "GAN"),
    ("GPs", "GP"),
    ("data sets", "dataset"),
    ("policies", "Policy"),
    ("losses", "loss"),
    ("biases", "bias"),
    ("caches", "cache"),
    ("matrices", "matrix"),
    (r"$\beta$-VAE", "beta-VAE"),
    ("Adapt-infty", r"Adapt-$\infty$"),
    ("R²", "$R^2$"),
    (r"$\ell_2$ norm", "L2 norm"),
    ("i.i.d. data", "iid data"),
    ("Bayes' rule", "Bayes rule"),
    ("Stein’s method", "Stein method"),
    ("non-i.i.d.", "non-iid"),
    ("pick & place", "pick-and-place"),
    ("Graph Convolutional Network(GCN)", "graph convolutional networks"),
]
DIFFERENT = [
    ("C", "C++"),
    ("C", "C#"),
    ("A", "A*"),
    ("GPT-3.5", "GPT-4"),
    ("GPT-3.5", "GPT-35"),
    ("CIFAR-10.1", "CIFAR-10"),
    ("CIFAR-10.1", "CIFAR-101"),
    ("SAM", "SAM 2"),
    ("Llama-3-8B", "Llama-38B"),
    ("SE(3)", "SE"),
    ("GPS", "GPs"),
    ("A-OKVQA", "OKVQA"),
    ("online learning", "offline learning"),
    ("pass@1", "pass@10"),
    ("supervised learning", "self-supervised learning"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same_names(a: str, b: str) -> None:
    assert normal_form(a) == normal_form(b) != ""


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_names(a: str, b: str) -> None:
    assert normal_form(a) != normal_form(b)
    assert solid_form(a) != solid_form(b)


@pytest.mark.parametrize(
    "name",
    "bayes bias loss lens time_series atlas chaos analysis focus supervised promise precise denoising four hour "
    "revised exercise tokens_ising size".replace("tokens_", "").split(),
)
def test_words_that_no_rule_may_touch(name: str) -> None:
    assert normal_form(name) == name.replace("_", " ")


@given(st.one_of(st.text(max_size=60), MARKUP, st.text("abcsSA-_ /()^'’.éßαΩ*+#ieszxu", max_size=30)))
@example("the a-b")
@example("ßS(s)")
def test_normal_form_is_idempotent(name: str) -> None:
    once = normal_form(name)
    assert normal_form(once) == once
    assert once == " ".join(once.split())


def test_solid_form() -> None:
    assert solid_form("FlashAttention-2") == solid_form("Flash Attention 2")
    assert solid_form("Llama-3-8B") == "llama3 8b"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "x",
            "d",
            "C",
            r"\alpha",
            "alpha",
            "{\\epsilon}",
            "x_i",
            "$s_t$",
            "θ",
            "ell_infty",
            "L^2",
            "chi^2",
            "d_model",
        ),
        *("f(f(z))=f(z)", "O(1/T)", "mathcal{O}(n log n)", r"$\tilde{O}(\sqrt{m})$", "h_{CLT}(alpha)", "p<0.05"),
        *("10^{-3}", "5%", r"95\%", "6.94times", "64{times}64", "R^3 {times} S^2", "N^{-alpha}", "Omega(k^2d)", "7B"),
        *("hat rho_h^{D}(x)", "f_star(x) + g_{star}(y)", r"$\lambda_{\min}$", "1/2", "D{to} infty", "", "+"),
    ],
)
def test_mathematics(name: str) -> None:
    assert is_mathematics(name)


@pytest.mark.parametrize(
    "name",
    [
        *("R^2VLM", "$R^2$VLM", "top-$k$", "top-k sampling", "SE(3)", "E(3)", "L2 regularization", "k-means", "R^2"),
        *(
            "F1",
            "F_1",
            "A*",
            "C++",
            "C#",
            "GPT-4",
            "D^2O",
            "Pro^2",
            "MHC^3",
            "M$^2$D",
            r"$\epsilon$-greedy",
            "T5",
            "o1",
        ),
        *("3D", "A2C", "I2V", "R@1", "RL", "U-Net", "t-SNE", "f-GAN", "Phi-3", "n-gram", "MP_{+}", "Q&A", r"$\mu$P"),
        *("beta distribution", "log-likelihood", "alpha-stable", "Adapt-infty", "chi^2 divergence", "TD(λ)", "i.i.d"),
    ],
)
def test_names_that_hold_mathematics(name: str) -> None:
    assert not is_mathematics(name)


@given(st.one_of(st.text(max_size=60), MARKUP))
def test_is_mathematics_takes_anything(name: str) -> None:
    assert is_mathematics(name) in (True, False)


@pytest.mark.shared
def test_reference_pairs(shared: Path) -> None:
    with (shared / "gold" / "alias-pairs-dev.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert not [row for row in rows if row["verdict"] == "different" and solid_form(row["a"]) == solid_form(row["b"])]
    alike = [row for row in rows if row["verdict"] == "same" and normal_form(row["a"]) == normal_form(row["b"])]
    assert len(alike) >= 18  # the others are abbreviations and synonyms


def test_plain_text_does_not_load_the_tex_library() -> None:
    code = "import sys; from kg.text import readable; readable('plain'); sys.exit('pylatexenc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
