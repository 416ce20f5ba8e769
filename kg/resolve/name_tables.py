"""Hold the word lists by which two names are judged: what may differ, and what may not."""

from types import MappingProxyType

#: Last words before which "based" adds nothing, and words that add nothing after another: "energy(-based) model".
BASED = frozenset("model method approach network architecture algorithm technique".split())
IDLE = frozenset((("large", "scale"),))

#: Words that mean the same wherever they stand, by their canonical form.
WORDS = MappingProxyType(
    {
        "net": "network", "conv": "convolution", "info": "information", "attn": "attention", "param": "parameter",
        "maximum": "max", "minimum": "min", "avg": "average", "emb": "embedding", "env": "environment",
        "eval": "evaluation", "seq": "sequence", "adaption": "adaptation", "learnt": "learned", "lang": "language",
        "dialog": "dialogue", "hierarchic": "hierarchical", "dimensional": "d", "acc": "accuracy", "spatiotemporal":
        "spatiotemporal", "img": "image", "vid": "video", "hyperparam": "hyperparameter", "kullbach": "kullback",
        "parametrized": "parameterized", "parametrization": "parameterization", "reparametrized": "reparameterized",
        "reparametrization": "reparameterization", "parametrised": "parameterized", "normalising": "normalizing",
        "batchnorm": "batchnormalization", "layernorm": "layernormalization", "groupnorm": "groupnormalization",
        "instancenorm": "instancenormalization",
        "heteroskedastic": "heteroscedastic", "homoskedastic": "homoscedastic", "zero": "0",
        "zeroth": "0",
        "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
        "nine": "9", "ten": "10", "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth",
    }
)  # fmt: skip

#: Words that mean the same before another word.
MODIFIERS = MappingProxyType(
    {
        "visual": "vision", "convolutional": "convolution", "quantized": "quantization", "binarized": "binary",
        "conditioned": "conditional", "augmentation": "augmented", "bayes": "bayesian", "attentional": "attention",
        "distributional": "distribution", "variation": "variational", "normalized": "normalizing",
        "logic": "logical", "robot": "robotic", "geometry": "geometric", "representational": "representation",
        "multimodality": "multimodal",
    }
)  # fmt: skip

#: Words that mean one thing together, and their canonical form.
PHRASES = MappingProxyType(
    {
        ("spatial", "temporal"): "spatiotemporal", ("back", "propagation"): "backpropagation",
        ("1", "d"): "1d", ("2", "d"): "2d", ("3", "d"): "3d", ("4", "d"): "4d", ("6", "d"): "6d",
        ("type", "i"): "type1", ("type", "1"): "type1",
        ("batch", "norm"): "batchnormalization", ("batch", "normalization"): "batchnormalization",
        ("layer", "norm"): "layernormalization", ("layer", "normalization"): "layernormalization",
        ("group", "norm"): "groupnormalization", ("group", "normalization"): "groupnormalization",
        ("instance", "norm"): "instancenormalization", ("instance", "normalization"): "instancenormalization",
        ("recommendation", "system"): "recommendersystem", ("recommender", "system"): "recommendersystem",
        ("recommending", "system"): "recommendersystem",
    }
)  # fmt: skip

#: Roman numerals that are no other word.
ROMAN = MappingProxyType({"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"})

#: Words that change what a name means; two names that differ in two words of one group are two things.
OPPOSITES = tuple(
    frozenset(group.split())
    for group in (
        "offline online", "supervised unsupervised selfsupervised semisupervised weakly self semi fully un",
        "forward backward reverse", "multi single dual bi uni cross", "hard soft", "discrete continuous",
        "local global", "linear nonlinear bilinear", "inter intra", "homogeneous heterogeneous", "pre post",
        "micro macro", "upper lower", "white black gray", "row column", "encoder decoder",
        "generative discriminative contrastive predictive", "policy value reward critic actor", "process outcome",
        "static dynamic", "sparse dense", "shallow deep", "explicit implicit", "direct indirect inverse",
        "positive negative", "true false", "training inference test validation", "input output", "query key value",
        "epistemic aleatoric", "convex nonconvex concave", "stationary nonstationary", "parametric nonparametric",
        "deterministic stochastic", "symmetric asymmetric antisymmetric", "causal noncausal anticausal",
        "targeted untargeted", "centralized decentralized federated distributed", "symbolic subsymbolic neural",
        "internal external", "intrinsic extrinsic", "left right", "early late", "first second third 0",
        "min max mean median sum", "synchronous asynchronous", "invariant equivariant variant", "open closed",
        "structured unstructured", "paired unpaired", "labeled unlabeled", "conditional unconditional",
        "aligned misaligned unaligned", "balanced unbalanced imbalanced", "bounded unbounded",
        "constrained unconstrained",
        "regularized unregularized", "biased unbiased", "homoscedastic heteroscedastic", "vertical horizontal",
        "spatial temporal spectral", "transductive inductive deductive", "precision recall specificity sensitivity",
        "source target", "teacher student", "proactive reactive", "passive active", "human machine", "short long",
        "low high", "small large tiny base medium", "weak strong", "fast slow", "exact approximate",
        "additive multiplicative", "monolingual multilingual bilingual crosslingual", "absolute relative",
        "rigid nonrigid",
        "free based", "free aware", "agnostic specific aware", "intermittent persistent", "coarse fine",
        "text image video audio speech", "node edge graph", "token word sentence document", "in out", "on off",
        "known unknown", "seen unseen", "visible invisible", "isotropic anisotropic", "batch layer group instance",
        "primal dual", "marginal conditional joint", "prior posterior", "likelihood posterior", "ascent descent",
        "overfitting underfitting", "overparameterized underparameterized", "undirected directed", "signed unsigned",
        "recognition synthesis generation translation segmentation classification detection", "cooperative competitive",
        "differentiable nondifferentiable", "smooth nonsmooth", "autoregressive nonautoregressive", "iid noniid",
        "gaussian nongaussian", "markovian nonmarkovian", "perfect imperfect", "complete incomplete", "fair unfair",
        "safe unsafe", "certain uncertain", "reversible irreversible", "rational irrational", "ordered unordered",
    )
)  # fmt: skip

#: Beginnings that turn or narrow the meaning of a word.
TURNING = (
    "non", "un", "in", "im", "ir", "anti", "de", "dis", "semi", "self", "multi", "uni", "bi", "hyper", "hypo",
    "over", "under", "inter", "intra", "pre", "post", "sub", "super", "co", "counter", "pseudo", "quasi", "meta",
    "micro", "macro", "homo", "hetero", "a", "an", "re", "auto", "cross", "mis",
)  # fmt: skip

#: Generic last words that add nothing, with the kinds of things they may name.
GENERICS = MappingProxyType(
    {
        "model": frozenset(("Method",)), "algorithm": frozenset(("Method",)), "method": frozenset(("Method",)),
        "approach": frozenset(("Method",)), "technique": frozenset(("Method",)), "framework": frozenset(("Method",)),
        "architecture": frozenset(("Method",)), "network": frozenset(("Method",)), "optimizer": frozenset(("Method",)),
        "procedure": frozenset(("Method",)), "strategy": frozenset(("Method",)), "system": frozenset(("Method",)),
        "library": frozenset(("Method",)), "prompting": frozenset(("Method",)), "backbone": frozenset(("Method",)),
        "scheme": frozenset(("Method",)), "simulator": frozenset(("Method", "Dataset")),
        "dataset": frozenset(("Dataset",)), "benchmark": frozenset(("Dataset",)), "corpus": frozenset(("Dataset",)),
        "challenge": frozenset(("Dataset",)), "suite": frozenset(("Dataset",)), "database": frozenset(("Dataset",)),
        "data": frozenset(("Dataset",)), "collection": frozenset(("Dataset",)), "leaderboard": frozenset(("Dataset",)),
        "environment": frozenset(("Dataset",)),
        "task": frozenset(("Task",)), "problem": frozenset(("Task",)), "metric": frozenset(("Metric",)),
        "score": frozenset(("Metric",)), "measure": frozenset(("Metric",)), "index": frozenset(("Metric",)),
    }
)  # fmt: skip

#: Generic words that may be left out after a name that the vocabulary does not know: with capitals and small letters or
#: digits inside; in capitals alone; of two people; with one capital. A person can have a model, hardly a data set.
AFTER_MIXED = frozenset(
    "model algorithm method approach technique architecture network optimizer framework dataset benchmark corpus "
    "challenge suite database leaderboard library task metric prompting backbone".split()
)
AFTER_CAPITALS = frozenset("algorithm task optimizer prompting leaderboard".split())
AFTER_PEOPLE = frozenset("algorithm method".split())
AFTER_TITLE = frozenset("dataset benchmark corpus leaderboard optimizer".split())
#: Generic words that may be left out after the name of an activity of two words or more ("object detection task"), and
#: after that of one that is a means: "beam search algorithm".
AFTER_TASK = frozenset("task problem".split())
MEANS = (
    "search", "descent", "ascent", "sampling", "training", "tuning", "distillation", "propagation", "averaging",
    "pruning", "decoding", "augmentation", "smoothing", "clipping", "normalization", "iteration", "regularization",
)  # fmt: skip
AFTER_ACTION = frozenset("algorithm method approach technique task problem procedure strategy scheme".split())
#: Generic words that may be left out after the name of a known method in common words: "random forest model".
AFTER_METHOD = frozenset("model algorithm method optimizer".split())
#: Ends of words that name an activity.
ACTIONS = ("ing", "tion", "sion", "ment", "search", "descent", "ascent", "analysis", "synthesis", "inference")
#: Generic words of things that do something; they do not go with the name of an activity: "RL model".
AGENTS = frozenset("model network architecture backbone system".split())
#: Makers whose name may stand before that of their product.
MAKERS = frozenset("openai google microsoft facebook anthropic nvidia alibaba deepmind".split())
#: Generic words that go with unmistakable names only: an "LLM framework" is no LLM.
VAGUE = frozenset(
    "framework architecture system library approach technique procedure strategy scheme environment".split()
)
