"""Samples of the XML and HTML formats, and of Daily Papers pages as text; see `tests.reader_sample`."""

from collections.abc import Callable, Iterator

from tests.reader_sample import Sample

ABSTRACT = "We measure how long a reader can read without running out of memory, and find that it can. " * 12


def repeated(start: str, record: str, end: str) -> Callable[[int], Iterator[bytes]]:
    """Give a writer of files; ``%d`` and ``%s`` in a record become its number and an abstract."""

    def pieces(count: int) -> Iterator[bytes]:
        yield start.encode()
        for number in range(1, count + 1):
            yield record.replace("%d", f"{number:06d}").replace("%s", ABSTRACT).encode()
        yield end.encode()

    return pieces


ATOM = repeated(
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    "<id>http://arxiv.org/api/x</id><title>ArXiv Query</title>\n",
    "<entry><id>http://arxiv.org/abs/cs/0%dv1</id><published>2001-01-02T00:00:00Z</published><title>Paper %d</title>"
    '<summary>  %s\n</summary><author><name>A. Author</name></author><category term="cs.LG"/></entry>\n',
    "</feed>\n",
)
OAI = repeated(
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>\n',
    "<record><header><identifier>oai:arXiv.org:cs/0%d</identifier></header><metadata>"
    '<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>cs/0%d</id><created>2001-01-02</created><authors><author>'
    "<keyname>Author</keyname><forenames>A.</forenames></author></authors><title>Paper %d</title>"
    "<categories>cs.LG</categories><abstract>  %s\n</abstract></arXiv></metadata></record>\n",
    "</ListRecords></OAI-PMH>\n",
)
PUBMED = repeated(
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_240101.dtd">\n<PubmedArticleSet>\n',
    '<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">%d</PMID><Article><Journal><JournalIssue>'
    "<PubDate><Year>2024</Year><Month>Mar</Month></PubDate></JournalIssue></Journal><ArticleTitle>Paper <i>%d</i>."
    '</ArticleTitle><Abstract><AbstractText Label="AIMS">%s</AbstractText></Abstract><AuthorList><Author><LastName>'
    "Author</LastName><ForeName>A</ForeName></Author></AuthorList></Article></MedlineCitation></PubmedArticle>\n",
    "</PubmedArticleSet>\n",
)
ACL = repeated(
    "<?xml version='1.0' encoding='UTF-8'?>\n<collection id=\"2031.tiny\">\n<volume id=\"1\"><meta><year>2031</year>"
    "</meta>\n",
    '<paper id="%d"><title><fixed-case>P</fixed-case>aper %d</title><author><first>A</first><last>Author</last>'
    "</author><abstract>%s</abstract></paper>\n",
    "</volume></collection>\n",
)
JATS = repeated(
    '<?xml version="1.0" encoding="UTF-8"?>\n<pmc-articleset>\n',
    '<article><front><article-meta><article-id pub-id-type="pmid">%d</article-id><title-group><article-title>Paper %d'
    "</article-title></title-group><abstract><p>%s</p></abstract></article-meta></front><body><p>%s</p></body></article>\n",
    "</pmc-articleset>\n",
)

SAMPLES: dict[str, Sample] = {
    "hf-daily": Sample("hf-daily.txt", 2, "hf-daily-cut.txt.gz", "cut off", None),
    "hf-html": Sample("hf-papers.html", 2, "hf-papers-malformed.html", "no title and no abstract", None),
    "arxiv-atom": Sample("arxiv.atom", 3, "arxiv-broken.atom", "line 45, column 30", ATOM),
    "oai-pmh": Sample("oai-arxiv.xml", 2, "oai-dc.xml", "deleted in the repository", OAI),
    "pubmed": Sample("pubmed.xml", 2, "pubmed-cut.xml", "no well-formed XML from line 6", PUBMED),
    "acl": Sample("acl.xml", 3, "acl-broken.xml", "no well-formed XML from line 27", ACL),
    "jats": Sample("jats.xml", 1, "jats-set.xml", "no front/article-meta", JATS),
}
