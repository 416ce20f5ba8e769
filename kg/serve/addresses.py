"""Where the IRIs of the graph are found on this server, and which IRI a path of it stands for.

An IRI under the base IRI has the rest of it as its path. The ontology and the vocabulary have theirs beside it, since
their IRIs are the same whatever the base.
"""

from urllib.parse import quote, unquote, urlsplit

from kg.namespaces import ONTOLOGY, VOCABULARY, Namespaces

#: Path of the ontology; its terms are fragments of it.
ONTOLOGY_PATH = "/ontology"

#: Characters of a path that stay as they are, beside letters and digits (RFC 3986, section 3.3).
_SAFE = "/:@!$&'()*+,;=~-._"

#: Characters that no IRI holds (RFC 3987, section 2.2).
_NOT_IN_IRI = frozenset('<>"{}|\\^`') | frozenset(map(chr, range(0x21)))


def path_of(iri: str, names: Namespaces) -> str | None:
    """Give the path of an IRI on this server, or None where it lies elsewhere.

    >>> path_of("https://w3id.org/paper-kg/entity/lora-1", Namespaces())
    '/entity/lora-1'
    >>> path_of("https://w3id.org/paper-kg/ontology#Method", Namespaces("http://x.example/"))
    '/ontology#Method'
    """
    for start, place in ((ONTOLOGY, f"{ONTOLOGY_PATH}#"), (VOCABULARY, "/vocabulary/"), (names.base, "/")):
        if iri.startswith(start) and len(iri) > len(start):
            return place + quote(iri[len(start) :], safe=_SAFE + ("#" if place == "/" else ""))
    return ONTOLOGY_PATH if iri == ONTOLOGY[:-1] else None


def iri_of(path: str, names: Namespaces) -> str | None:
    """Give the IRI that a path stands for, or None where no IRI can be made of it.

    >>> iri_of("/entity/lora-1", Namespaces("http://x.example/kg#"))
    'http://x.example/kg#entity/lora-1'
    """
    rest = unquote(path).removeprefix("/")
    if not rest or any(char in _NOT_IN_IRI for char in rest):
        return None
    if rest == "ontology":
        return ONTOLOGY[:-1]
    if rest.startswith("vocabulary/"):
        return VOCABULARY + rest.removeprefix("vocabulary/")
    return names.base + rest


def link_of(iri: str, names: Namespaces) -> str | None:
    """Give what a page links an IRI to: our page of it, the web address that it is, or nothing.

    >>> link_of("javascript:alert(1)", Namespaces()), link_of("https://arxiv.org/abs/1", Namespaces())
    (None, 'https://arxiv.org/abs/1')
    """
    found = path_of(iri, names)
    if found is not None:
        return found
    try:
        parts = urlsplit(iri)
    except ValueError:
        return None
    return iri if parts.scheme in ("http", "https") and parts.netloc else None
