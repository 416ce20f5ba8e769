"""Say which words and numbers at the end of a name tell its version, and which are part of the name itself.

All keys are solid forms (`kg.text.solid_form`) in lower case. What no rule can know stands here: that CIFAR-100 is no
hundredth CIFAR, that the 50 of ResNet-50 counts layers, that the R1 of DeepSeek-R1 belongs to DeepSeek alone.
"""

from types import MappingProxyType

#: Suffixes of models: sizes, tuning, modality, brands of one maker.
MODEL_WORDS = frozenset(
    "nano tiny mini small base medium large xlarge xl xxl xs huge giant lite pro plus max ultra turbo flash air "
    "instruct chat it coder thinking reasoning preview exp experimental dev schnell haiku sonnet opus omni vl audio "
    "vision distill uncased cased moe".split()
)

#: Suffixes of data sets and benchmarks: harder, cleaner, smaller or translated selections.
DATA_WORDS = frozenset(
    "verified lite pro hard plus redux mini tiny multilingual multimodal extended diamond full".split()
)

#: Words for how a model was tuned, the first to go in the search for something more general.
TUNING = frozenset("instruct chat it thinking reasoning preview exp experimental dev distill cased uncased".split())

#: Words that make a version of these data sets when they stand before the name: "Split CIFAR-100".
BEFORE = frozenset("mini tiny tiered split permuted rotated sequential colored corrupted".split())
BASES = frozenset("imagenet cifar cifar10 cifar100 mnist fashionmnist svhn emnist omniglot tinyimagenet".split())

#: Family -> numbers that are no version but part of the name: CIFAR-10 and CIFAR-100 are two data sets.
NUMBER_NAMES = MappingProxyType(
    {
        "cifar": frozenset(("10", "100")),
        "gsm": frozenset(("8k", "1k", "symbolic")),
        "human": frozenset(("3.6m",)),
        "sst": frozenset(("1", "2", "5")),
        "caltech": frozenset(("101", "256")),
        "flickr": frozenset(("8k", "30k")),
        "sarscov": frozenset(("1", "2")),
        "sentinel": frozenset("123456"),
        "atari": frozenset(("57", "2600")),
    }
)  # fmt: skip

#: Families whose sizes are a letter with the length of a patch: ViT-B/16.
PATCHED = frozenset("vit dit sit clip deit dinov2 dino siglip eva clipvit mae beit openclip".split())

#: Family -> suffixes that make a version of it and mean nothing elsewhere.
SUFFIXES = MappingProxyType(
    {
        "imagenet": frozenset(
            "c r a o p v sketch lt c-bar 1k 21k 22k 10 32 64 100 128 200 256 512 1000 2012 x s d e 9 hard bg".split()
        ),
        "cifar10": frozenset("c lt p n dvs s".split()),
        "cifar100": frozenset("c lt p n s".split()),
        "tinyimagenet": frozenset("c 200".split()),
        "mnist": frozenset("c m 1d".split()),
        "math": frozenset(("500", "perturb")),
        "gsm8k": frozenset("platinum hard plus".split()),
        "mmlu": frozenset("pro redux cf".split()),
        "arc": frozenset("challenge easy c e".split()),
        "gemini": frozenset(("image", "embedding")),
        "kinetic": frozenset("400 600 700".split()),
        "wikitext": frozenset("2 103".split()),
        "place": frozenset("205 365".split()),
        "bleu": frozenset("1234"),
        "rouge": frozenset("1 2 3 l lsum w s".split()),
        "deepseek": frozenset("r1 coder math prover ocr zero".split()),
        "kimi": frozenset("k1.5 k2".split()),
        "qwen": frozenset("math coder image edit embedding".split()),
        "vit": frozenset("ti t s b l h g".split()),
        "deit": frozenset("ti t s b".split()),
        "swin": frozenset("t s b l".split()),
        "convnext": frozenset("t s b l xl".split()),
        "efficientnet": frozenset("b0 b1 b2 b3 b4 b5 b6 b7".split()),
        "segformer": frozenset("b0 b1 b2 b3 b4 b5".split()),
        "flux": frozenset(("kontext",)),
    }
)  # fmt: skip

#: Families whose numbers count layers or units, whatever they are: ResNet-50, VGG16.
DEPTHS = frozenset("resnet wideresnet preactresnet resnext densenet vgg wrn hrnet darknet iresnet seresnet".split())

#: Family -> letters that may follow its version at once: GPT-4o, YOLOv8n.
LETTERS = MappingProxyType(
    {
        "gpt": frozenset("ov"), "yolo": frozenset("nsmlxctbe"), "gemma": frozenset("n"), "grok": frozenset("v"),
        "glm": frozenset("v"), "rtdetr": frozenset("sml"),
    }
)  # fmt: skip

#: Series that appear once a year; two digits are a year too: WMT14, AIME24.
YEARLY = frozenset(
    "wmt iwslt aime hmmt voc pascalvoc isic semeval conll imo trec clef icdar amc ntire chime voxceleb endovis nist "
    "ilsvrc brat davis fgvc dstc interspeech dcase mediaeval".split()
)

#: Families of fewer than three letters.
SHORT = frozenset("rt yi sd vl o1 o3 o4 t5 r1 ul mt5".split())

#: Words before a number or a suffix that make it no version: "stage 2", "top-1", "knowledge base", "Wasserstein-2".
NO_FAMILY = frozenset(
    "top pass hit hits recall precision stage step phase level layer type task track part order rank class category "
    "group model method system case example table figure section chapter algorithm theorem lemma experiment study "
    "version grade round question rule equation condition scenario setting set subset fold dimension degree size "
    "length width head block batch epoch number web industry agenda vision war area appendix covid wasserstein "
    "renyi sobolev hilbert lipschitz norm moment knowledge code data user customer state power fact the at plus "
    "minus times bit bits day week month year years cost loss score error accuracy gap agent agents language object "
    "image video audio text speech music robot sensor camera channel node edge graph token word sentence document "
    "query key value memory training test testing validation inference human expert team player people student adam "
    "long short deep shallow full zero one two three few many multi single dual foundation generative generation "
    "gaussian transformer llm llms vlm mllm lm asr tts nlp rag nmt ocr gan vae cnn rnn svm mlp gnn cot knn ngram "
    "gram conv relu softmax lp l1 l2 linf omega alpha beta gamma delta point points line circle tier tiers gen "
    "scale mode rate ratio factor option".split()
)

#: Words that, before a version, belong to the name of the family.
FAMILY_WORDS = frozenset("omni vl vision video audio speech math code med guard".split())

#: Words that show that a name speaks of several things.
LINKS = frozenset("and or of for in to from with as by on via without versus vs".split())

#: Words after a name that add nothing to it.
CARRIERS = frozenset("model dataset benchmark family series corpus".split())

#: Roman numerals that are no other word or letter.
ROMAN = MappingProxyType({"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9})
