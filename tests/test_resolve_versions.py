"""Names of versions are taken apart, and names whose numbers mean something else are left whole."""

from itertools import product

import pytest

from kg.resolve import version_names
from kg.resolve.versions import Versioned, generals, parse, take_apart
from kg.text import solid_form

#: Name -> family, version, variant.
VERSIONS = {
    "GPT-3.5": ("gpt", (3, 5), ""),
    "GPT-4": ("gpt", (4,), ""),
    "GPT-4o": ("gpt", (4,), "o"),
    "GPT-4o-mini": ("gpt", (4,), "o mini"),
    "GPT-4 Turbo": ("gpt", (4,), "turbo"),
    "GPT-4 model": ("gpt", (4,), ""),
    "Llama 2": ("llama", (2,), ""),
    "Llama-3-8B-Instruct": ("llama", (3,), "8b instruct"),
    "Llama-3-Instruct-8B": ("llama", (3,), "8b instruct"),
    "Llama-3.1-70B": ("llama", (3, 1), "70b"),
    "ViT-B/16": ("vit", (), "b/16"),
    "ViT-L/14": ("vit", (), "l/14"),
    "DiT-XL/2": ("dit", (), "xl/2"),
    "YOLOv8": ("yolo", (8,), ""),
    "YOLOv8n": ("yolo", (8,), "n"),
    "YOLO11m": ("yolo", (11,), "m"),
    "CIFAR-10.1": ("cifar10", (1,), ""),
    "CIFAR-10-C": ("cifar10", (), "c"),
    "ImageNet-C": ("imagenet", (), "c"),
    "ImageNet-21k": ("imagenet", (), "21k"),
    "ImageNet-1k": ("imagenet", (), "1k"),
    "ImageNet-V2": ("imagenet", (2,), ""),
    "mini-ImageNet": ("imagenet", (), "mini"),
    "Tiny ImageNet": ("imagenet", (), "tiny"),
    "Split CIFAR-100": ("cifar100", (), "split"),
    "BERT-large": ("bert", (), "large"),
    "Mamba-2": ("mamba", (2,), ""),
    "Stable Diffusion 3": ("stablediffusion", (3,), ""),
    "NYU Depth V2": ("nyudepth", (2,), ""),
    "SAM 2": ("sam", (2,), ""),
    "Segment Anything Model 2": ("segmentanythingmodel", (2,), ""),
    "FlashAttention-3": ("flashattention", (3,), ""),
    "Qwen2.5-VL-7B": ("qwen", (2, 5), "vl 7b"),
    "Qwen3-235B-A22B": ("qwen", (3,), "235b a22b"),
    "Phi-3.5-mini-instruct": ("phi", (3, 5), "mini instruct"),
    "DeepSeek-R1": ("deepseek", (), "r1"),
    "DeepSeek-V3": ("deepseek", (3,), ""),
    "Claude 3.5 Sonnet": ("claude", (3, 5), "sonnet"),
    "Claude 3.5 Sonnet v2": ("claude", (3, 5), "sonnet v2"),
    "Mixtral 8x7B": ("mixtral", (), "8x7b"),
    "T5-large": ("t5", (), "large"),
    "o3-mini": ("o3", (), "mini"),
    "wav2vec 2.0": ("wav2vec", (2,), ""),
    "DeepLabv3+": ("deeplab", (3,), "+"),
    "k-means++": ("kmean", (), "++"),
    "ResNet-50": ("resnet", (), "50"),
    "VGG16": ("vgg", (), "16"),
    "LLaMA-Omni 2": ("llamaomni", (2,), ""),
    "MATH-500": ("math", (), "500"),
    "MMLU-Pro": ("mmlu", (), "pro"),
    "SWE-bench Verified": ("swebench", (), "verified"),
    "AIME 2024": ("aime", (2024,), ""),
    "AIME24": ("aime", (2024,), ""),
    "WMT14": ("wmt", (2014,), ""),
    "VOC 2012": ("voc", (2012,), ""),
    "MIMIC-IV": ("mimic", (4,), ""),
    "LAION-5B": ("laion", (), "5b"),
    "BLEU-4": ("bleu", (), "4"),
    "ROUGE-L": ("rouge", (), "l"),
}

#: Names that tell of no version, each with a number, a suffix or a likeness that could be taken for one.
WHOLE = (
    "CIFAR-10|CIFAR-100|CIFAR10|GSM8K|GSM-8K|Human3.6M|SST-2|Caltech-101|Flickr30k|SARS-CoV-2|Sentinel-2|Atari 2600|"
    "D4RL|S4|T5|mT5|ByT5|C4|F1|H100|L2|p53|k-means|word2vec|BERT4Rec|bge-m3|HO-3D|SE(3)|C++|A*|RoBERTa|"
    "top-1|pass@1|Wasserstein-2|stage 2|type 2|Industry 4.0|COVID-19|Market-1501|knowledge base|foundation vision|"
    "GPT-3.5 and GPT-4|Llama-2/3.1|MIMIC-CXR/IV|DART^3|R²|LLaVA^3|R1|2D|language model|GAN 2|ASR-8||+"
).split("|")


@pytest.mark.parametrize("name", VERSIONS)
def test_versions_are_taken_apart(name: str) -> None:
    family, version, variant = VERSIONS[name]
    assert parse(name) == Versioned(family, version, tuple(variant.split()))


@pytest.mark.parametrize("name", WHOLE)
def test_names_without_a_version_are_left_whole(name: str) -> None:
    assert parse(name) is None
    assert take_apart(name).version == () and take_apart(name).variant == ()


@pytest.mark.parametrize("name", [*VERSIONS, *WHOLE])
def test_case_hyphens_and_spaces_make_no_difference(name: str) -> None:
    spelt = {name, name.upper() if "v" not in name.lower() else name, name.lower()}
    swapped = {
        one.replace(old, new) for one, (old, new) in product(spelt, ((" ", "-"), ("-", " "), ("-", "–"), ("", "")))
    }
    assert {parse(one) for one in spelt | swapped} == {parse(name)}


@pytest.mark.parametrize("name", VERSIONS)
def test_what_a_version_is_of_is_never_more_special(name: str) -> None:
    found = parse(name)
    assert found is not None
    above = list(generals(found))
    assert above and above[-1] == Versioned(found.family)
    assert len(set(above)) == len(above) and found not in above
    for one in above:
        assert one.version in (found.version, ()) and set(one.variant) <= set(found.variant)


def test_the_nearest_comes_first() -> None:
    ways = [f"{one.version} {' '.join(one.variant)}" for one in generals(Versioned("qwen", (2, 5), ("vl", "7b")))]
    assert ways == ["(2, 5) vl", "(2, 5) ", "() vl", "() "]


def test_versions_have_an_order_that_numbers_alone_decide() -> None:
    names = ("Llama 1", "Llama 2", "Llama 3", "Llama 3.1", "Llama 3.2", "Llama 3.10", "Llama 4")
    orders = [found.order for name in names if (found := parse(name))]
    assert orders == sorted(set(orders)) and len(orders) == len(names)
    gpt = [parse(name) for name in ("GPT-3.5", "GPT-4", "GPT-4o")]
    assert [one.order if one else 0 for one in gpt] == [3005000, 4000000, 4000000]


def test_the_tables_are_in_the_form_that_names_are_compared_in() -> None:
    tables = (version_names.NUMBER_NAMES, version_names.SUFFIXES, version_names.LETTERS)
    families = {family for table in tables for family in table} | version_names.PATCHED | version_names.DEPTHS
    assert {family for family in families | version_names.YEARLY if solid_form(family) != family} == set()
