"""The prefix table, CURIEs and IRIs, and how both are minted.

CURIEs are used everywhere inside; IRIs only where RDF is read or written.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.errors import KGError
from kg.model import Paper

#: Where the graph's own names live unless ``kg.toml`` says otherwise.
DEFAULT_BASE = "https://w3id.org/paper-kg/"

#: The ontology and vocabulary are the same whatever the base of the data.
ONTOLOGY = f"{DEFAULT_BASE}ontology#"
VOCABULARY = f"{DEFAULT_BASE}vocabulary/"

#: Prefixes under the base IRI of the data.
LOCAL = ("entity", "paper", "author", "assertion", "evidence", "mention", "run", "decision", "nanopub", "tally")

#: Prefixes with a fixed IRI.
FIXED = {
    "kg": ONTOLOGY,
    "term": VOCABULARY,
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "itsrdf": "http://www.w3.org/2005/11/its/rdf#",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "np": "http://www.nanopub.org/nschema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Flag of a paper without identifier that has the title of another one: its CURIE hashes its abstract too.
SHARED_TITLE = "shared-title"

_SPELT = {"+": " plus ", "#": " sharp ", "*": " star ", "&": " and ", "@": " at ", "%": " percent "}


def slug(text: str, length: int = 60) -> str:
    """Spell a name in lower-case ASCII letters, digits and hyphens.

    >>> slug("C++"), slug("A*"), slug("ViT-B/16"), slug("Schrödinger bridge")
    ('c-plus-plus', 'a-star', 'vit-b-16', 'schrodinger-bridge')
    """
    for sign, word in _SPELT.items():
        text = text.replace(sign, word)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:length].strip("-") or "x"


def short_hash(*parts: str, length: int = 8) -> str:
    """Hash strings to ``length`` hexadecimal digits of SHA-256, the parts kept apart."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


@lru_cache(maxsize=1 << 18)
def entity_curie(key: str) -> str:
    """Mint an entity's CURIE from its identity key: a ``term:`` CURIE or a normal form.

    >>> entity_curie("kv cache").rpartition("-")[0], entity_curie("term:lora").rpartition("-")[0]
    ('entity:kv-cache', 'entity:lora')
    """
    return f"entity:{slug(key.removeprefix('term:'))}-{short_hash(key)}"


def paper_curie(paper: Paper) -> str:
    """Mint a paper's CURIE from its arXiv id, else its DOI, else its title (else its abstract).

    >>> paper_curie(Paper("LoRA", arxiv="2106.09685"))
    'paper:arxiv-2106.09685'
    """
    if paper.arxiv:
        return f"paper:arxiv-{paper.arxiv.replace('/', '-')}"
    if paper.doi:
        doi = paper.doi.lower()
        return f"paper:doi-{slug(doi)}-{short_hash(doi)}"
    words = title_key(paper)
    apart = (paper.abstract,) if SHARED_TITLE in paper.flags else ()
    return f"paper:title-{slug(words, 40)}-{short_hash(words, *apart)}"


def title_key(paper: Paper) -> str:
    """Give the words of a paper's title, or of its abstract if it has none; papers of one key are compared.

    >>> title_key(Paper("Sparse  Attention: A Study"))
    'sparse attention a study'
    """
    text = unicodedata.normalize("NFKC", paper.title or paper.abstract).casefold()
    return re.sub(r"\W+", " ", text).strip() or text


def author_curie(name: str) -> str:
    """Mint an author's CURIE from the name as printed."""
    return f"author:{slug(name)}-{short_hash(name)}"


def assertion_curie(head: str, relation: str, tail: str, polarity: str) -> str:
    """Mint an assertion's CURIE from its triple and polarity."""
    return f"assertion:{short_hash(head, relation, tail, polarity, length=16)}"


@cache
def _prefixes(base: str) -> dict[str, str]:
    """Make the prefix table of a base IRI; callers get copies."""
    local = {name: f"{base}{name}/" for name in LOCAL}
    return dict(sorted({**FIXED, **local}.items()))


@dataclass(frozen=True, slots=True)
class Namespaces:
    """The prefix table of one graph, for a given base IRI."""

    base: str = DEFAULT_BASE

    @property
    def prefixes(self) -> dict[str, str]:
        """Map each prefix to its IRI, sorted by prefix."""
        return dict(_prefixes(self.base))

    def expand(self, curie: str) -> str:
        """Turn a CURIE into an IRI; an unknown prefix is an error.

        >>> Namespaces().expand("kg:Method")
        'https://w3id.org/paper-kg/ontology#Method'
        """
        prefix, colon, name = curie.partition(":")
        iri = _prefixes(self.base).get(prefix)
        if not colon or iri is None:
            raise KGError(f"{curie!r} is no CURIE of this graph; known prefixes: {', '.join(self.prefixes)}")
        return iri + name

    def compress(self, iri: str) -> str:
        """Turn an IRI into a CURIE by its longest known prefix; an IRI outside them stays as it is.

        >>> Namespaces().compress("https://w3id.org/paper-kg/entity/kv-cache-1")
        'entity:kv-cache-1'
        """
        best = max(
            ((len(base), prefix) for prefix, base in _prefixes(self.base).items() if iri.startswith(base)),
            default=None,
        )
        return f"{best[1]}:{iri[best[0] :]}" if best else iri
