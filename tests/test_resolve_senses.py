"""One abbreviation with several meanings is several nodes; a paper that leaves it open is read by its neighbours."""

from functools import cache

import pytest

from kg.config import Config
from kg.extract.pipeline import Extractor
from kg.model import Extraction, Paper
from kg.resolve.identity import identify
from kg.resolve.senses import Sense, read
from kg.text import normal_form
from kg.vocabulary import load

#: Abbreviation -> two texts that spell it out in different ways, told in our own words after papers of the field.
TEXTS = {
    "SAM": (
        "The Segment Anything Model (SAM) cuts objects out of photographs when it is shown a point or a box. SAM is "
        "tuned here on ultrasound pictures for medical image segmentation.",
        "Sharpness-aware minimization (SAM) looks for flat minima of the loss. We show that SAM helps stochastic "
        "gradient descent to generalise on CIFAR-10.",
    ),
    "RAG": (
        "Retrieval-augmented generation (RAG) hands passages from a search engine to a large language model. We study "
        "which passages RAG needs for question answering.",
        "A region adjacency graph (RAG) joins superpixels that touch. A graph neural network on the RAG labels the "
        "land cover of satellite images.",
    ),
    "MoE": (
        "A mixture of experts (MoE) sends each token to few feed-forward networks. We balance the load of MoE layers "
        "when language models are pre-trained.",
        "We feed a vision-language model with a mixture of encoders (MoE), one for text in images and one for shapes. "
        "The MoE beats a single vision encoder.",
    ),
    "CFG": (
        "Classifier-free guidance (CFG) makes diffusion models follow their prompt. Large CFG scales oversaturate "
        "text-to-image generation.",
        "A context-free grammar (CFG) describes the programs that a decoder may write. Decoding with the CFG makes "
        "code generation free of syntax errors.",
    ),
    "SSL": (
        "Self-supervised learning (SSL) needs no labels. We compare SSL objectives for chest X-rays, among them "
        "contrastive learning.",
        "Semi-supervised learning (SSL) adds unlabelled data to few labels. Our SSL method filters pseudo-labels by "
        "their confidence.",
    ),
    "DP": (
        "Differential privacy (DP) hides whether a record was in the training data. We train federated learning "
        "clients with DP and lose little accuracy.",
        "Dynamic programming (DP) solves sequence alignment exactly. We replace the table of DP by a neural network "
        "for combinatorial optimization.",
    ),
    "MD": (
        "Molecular dynamics (MD) follows the atoms of a protein through time. Machine-learned force fields make MD "
        "cheap.",
        "The Mahalanobis distance (MD) to the class means tells inputs from elsewhere. We use MD for "
        "out-of-distribution detection.",
    ),
    "ASR": (
        "Automatic speech recognition (ASR) writes down what is said. We adapt a Whisper model to ASR of children.",
        "Jailbreak prompts are scored by their attack success rate (ASR). Our adversarial attack doubles the ASR on "
        "aligned language models.",
    ),
    "PRM": (
        "A process reward model (PRM) scores each step of a chain of thought. With the PRM, best-of-N sampling solves "
        "more of mathematical reasoning.",
        "A probabilistic roadmap (PRM) samples the free space of a robot. We learn where the PRM should sample for "
        "motion planning.",
    ),
    "MAE": (
        "A masked autoencoder (MAE) fills in the patches of an image that were hidden. We pre-train a vision "
        "transformer as MAE on faces.",
        "Forecasts of traffic are compared by mean absolute error (MAE). Our graph neural network lowers the MAE of "
        "traffic forecasting.",
    ),
    "GP": (
        "A Gaussian process (GP) predicts with error bars. We choose its kernel for Bayesian optimization with GP "
        "surrogates.",
        "Genetic programming (GP) breeds formulas that fit data. We use GP for symbolic regression with a language "
        "model as mutation operator.",
    ),
    "VAR": (
        "Visual autoregressive modeling (VAR) predicts an image scale by scale. We prune the cache of VAR for fast "
        "image generation.",
        "Vector autoregression (VAR) explains each time series by the past of all. We find Granger causality with a "
        "sparse VAR.",
    ),
}  # fmt: skip


@cache
def extractor() -> Extractor:
    return Extractor(Config(model="fast"))


@cache
def extracted(text: str) -> Extraction:
    return extractor().extract(Paper("A note", text))


def node(extraction: Extraction, keys: dict[str, str], short: str) -> str:
    """Give the key of what a paper calls by an abbreviation."""
    found = {keys[item.id] for item in extraction.entities if normal_form(short) in map(normal_form, item.names)}
    assert len(found) == 1, (short, extraction.entities)
    return found.pop()


@pytest.mark.parametrize("short", TEXTS)
def test_papers_that_define_an_abbreviation_differently_give_different_nodes(short: str) -> None:
    rows = [extracted(text) for texts in TEXTS.values() for text in texts]
    identity = identify(rows, load(()))
    place = 2 * list(TEXTS).index(short)
    one, two = (node(rows[i], identity.keys[i], short) for i in (place, place + 1))
    assert one != two
    assert any(
        merge.decision == "different" and f"expansions of {normal_form(short)}," in merge.reason
        for merge in identity.merges
    )


def test_neighbours_tell_what_an_undefined_abbreviation_means() -> None:
    rows = [extracted(text) for text in TEXTS["SAM"] * 3]
    others = [extracted(text) for short, texts in TEXTS.items() if short != "SAM" for text in texts]
    rows += [
        extracted("We tune SAM for medical image segmentation of ultrasound images with box prompts."),
        extracted("SAM makes stochastic gradient descent find flat minima of the loss on CIFAR-10."),
        extracted("We use SAM."),
    ]
    identity = identify([*rows, *others], load(()))
    image, sharp, opened = (node(rows[i], identity.keys[i], "SAM") for i in (6, 7, 8))
    assert image == node(rows[0], identity.keys[0], "SAM")
    assert sharp == node(rows[1], identity.keys[1], "SAM")
    assert opened == "sam"
    undecided = {merge.b for merge in identity.merges if merge.a == "sam" and merge.decision == "undecided"}
    assert undecided == {"segment anything model", "sharpness aware minimization"}


def test_the_profile_that_fits_is_chosen_and_a_small_lead_leaves_it_open() -> None:
    everywhere = dict.fromkeys(range(8), 10)
    senses = [
        Sense.of("a", {0: 5, 1: 5, 2: 5}, 5, everywhere, 100).given(5),
        Sense.of("b", {3: 5, 4: 5, 5: 5}, 5, everywhere, 100).given(5),
    ]
    assert read("abc", senses, [0, 1, 2]).key == "a"
    assert read("abc", senses, [3, 4, 5]).key == "b"
    assert read("abc", senses, [0, 3]).key == ""
    assert read("abc", senses, []).key == ""


def test_an_expansion_that_one_paper_gives_needs_a_paper_that_speaks_of_the_same_things() -> None:
    everywhere = dict.fromkeys(range(4), 10)
    odd = [Sense.of("a", {0: 1, 1: 1}, 1, everywhere, 100).given(1)]
    assert read("cmmd", odd, [0, 1]).key == "a"
    assert read("cmmd", odd, [2, 3]).key == ""
    assert read("cmmd", [odd[0].given(3)], [2, 3]).key == ""
    assert read("cmmd", [odd[0].given(3)], [0, 2, 3]).key == "a"
    assert read("cmmd", [odd[0].given(30)], [2, 3]).key == "a"
