"""The stages of a build in order: read, merge, extract, resolve, write, publish.

A build is a pure function of the set of records and the configuration: `build` makes a workspace hold exactly its
inputs, `add` and `remove` change the set, and the bytes published depend on the set alone.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg import engine, identity, report, vocabulary
from kg.cache import Cache
from kg.checksums import digest
from kg.config import Config
from kg.errors import InputError, WorkspaceError
from kg.extract.fingerprint import fingerprint
from kg.members import without
from kg.model import Extraction, Paper, Reject
from kg.namespaces import paper_curie
from kg.origin import code_hash, set_hash
from kg.resolve.collecting import let_go, no_collection
from kg.resolve.enrich import FIELDS, Enriched, Wanted, enrich
from kg.resolve.papers import merge_records
from kg.tables import RECORDS, Replacement, Tables, write_rows, write_table
from kg.text import counted
from kg.workspace import Build, Manifest, Workspace

if TYPE_CHECKING:
    from kg.resolve.entities import Resolution

#: Told of the stage, how much of it is done, and how much there is (0 where unknown).
Progress = Callable[[str, int, int], None]

#: Told what a user should know.
Notify = Callable[[str], None]

#: Relations from which on the pages are written in a process of their own, beside the RDF.
_MANY = 30_000

#: The stages that `Progress` names, in order.
STAGES = ("read", "extract", "resolve", "tables", "rdf", "page", "publish")


def _quiet(*news: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What the stages need besides the records."""

    config: Config
    workers: int | None
    progress: Progress
    notify: Notify
    cluster: str | None = None


def build(
    inputs: Sequence[str],
    space: Workspace,
    *,
    config: Config | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    reader: str | None = None,
    columns: Mapping[str, str] | None = None,
    enrichment: Sequence[str] = (),
    strict: bool = False,
    progress: Progress = _quiet,
    notify: Notify = _quiet,
) -> Manifest:
    """Make the workspace hold exactly the papers of ``inputs``, or of the bundled sample if there are none.

    What these lack is filled from the records of ``enrichment``. Nothing is written where the current build has the
    same records, settings and program. ``workers`` and ``cluster`` say where to extract, as in `kg.engine.extract`.
    """
    job = _Job(config or Config(), workers, progress, notify, cluster)
    space.check_ours()
    _check_stdin(inputs, enrichment)
    records, rejects = _read(inputs, job, reader=reader, columns=columns, strict=strict)
    filling, bad = _read_enrichment(enrichment, records, job, strict=strict)
    with space.writing():
        return _publish(space, records, [*rejects, *bad], filling, job)


def add(
    inputs: Sequence[str],
    space: Workspace,
    *,
    config: Config | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    reader: str | None = None,
    columns: Mapping[str, str] | None = None,
    enrichment: Sequence[str] = (),
    strict: bool = False,
    progress: Progress = _quiet,
    notify: Notify = _quiet,
) -> Manifest:
    """Add the papers of ``inputs`` to those of the workspace, which may be new.

    What any of them lack is filled from the records of ``enrichment``.
    """
    if not inputs and not enrichment:
        raise InputError("nothing to add; give a file or directory")
    job = _Job(config or Config(), workers, progress, notify, cluster)
    space.check_ours()
    _check_stdin(inputs, enrichment)
    records, rejects = _read(inputs, job, reader=reader, columns=columns, strict=strict) if inputs else ([], [])
    given = len(merge_records(records))
    with space.writing():
        before = 0
        if space.has_build():
            before = space.manifest().counts["papers"]
            records = [*space.build().records(), *records]
            rejects = [*space.build().rejects(), *rejects]
        filling, bad = _read_enrichment(enrichment, records, job, strict=strict)
        filling = [*(space.build().enrichment() if space.has_build() else []), *filling]
        manifest = _publish(space, records, [*rejects, *bad], filling, job)
    papers = manifest.counts["papers"]
    new = max(0, papers - before)  # records may also join papers that were two
    notify(f"{counted(new, 'paper')} added, {max(0, given - new)} already there; {papers} in all")
    return manifest


def remove(
    papers: Sequence[str],
    space: Workspace,
    *,
    config: Config | None = None,
    workers: int | None = None,
    progress: Progress = _quiet,
    notify: Notify = _quiet,
) -> Manifest:
    """Remove papers, named by CURIE, arXiv id, DOI or exact title, with all their records.

    The own id of a record names its paper too. Rejects stay as long as their file has a record left.
    """
    job = _Job(config or Config(), workers, progress, notify)
    space.build()
    with space.writing():
        before = list(space.build().records())
        filling = space.build().enrichment()
        records = without(before, papers, enrichment=filling)
        emptied = _files(before) - _files(records)
        rejects = [reject for reject in space.build().rejects() if reject.name not in emptied]
        held = space.manifest().counts["papers"]
        manifest = _publish(space, records, rejects, filling, job)
    left = manifest.counts["papers"]
    notify(f"{counted(held - left, 'paper')} removed; {left} in all")
    return manifest


def settle(
    space: Workspace,
    *,
    config: Config,
    workers: int | None = None,
    progress: Progress = _quiet,
    notify: Notify = _quiet,
) -> Manifest:
    """Resolve the papers of the workspace anew, with other settings; what was extracted comes from the cache."""
    job = _Job(config, workers, progress, notify)
    space.build()
    with space.writing():
        return _publish(space, space.build().records(), space.build().rejects(), space.build().enrichment(), job)


def _read(
    inputs: Sequence[str], job: _Job, *, reader: str | None, columns: Mapping[str, str] | None, strict: bool
) -> tuple[list[Paper], list[Reject]]:
    """Read the records of the inputs, or of the bundled sample, and those that could not be used."""
    from kg.sources import read
    from kg.sources.options import Options
    from kg.sources.sample import read_sample

    rejects: list[Reject] = []
    if inputs:
        options = Options(page_year=job.config.page_year, columns=columns or {})
        found = read(inputs, reader=reader, options=options, rejects=rejects.append)
    else:
        found = read_sample()
    records = []
    for record in found:
        records.append(record)
        if len(records) % 100 == 0:
            job.progress("read", len(records), 0)
    job.progress("read", len(records), len(records))
    if not inputs:
        job.notify(f"no input given: using the {len(records)} papers of the bundled sample")
    _refuse(rejects, strict=strict)
    return records, rejects


def _read_enrichment(
    inputs: Sequence[str], records: Sequence[Paper], job: _Job, *, strict: bool
) -> tuple[list[Paper], list[Reject]]:
    """Read the records that may fill what others lack, keeping only these, and those that could not be used."""
    from kg.sources import read
    from kg.sources.options import Options

    rejects: list[Reject] = []
    if not inputs:
        return [], rejects
    if not records:
        raise InputError("nothing here to enrich; give papers too")
    found = read(inputs, options=Options(page_year=job.config.page_year), rejects=rejects.append)
    kept = list(Wanted(records).of(found))
    _refuse(rejects, strict=strict)
    return kept, rejects


def _refuse(rejects: Sequence[Reject], *, strict: bool) -> None:
    """Make records that cannot be used an error where that is wanted."""
    if rejects and strict:
        first = "; ".join(f"{item.name}, record {item.record}: {item.reason}" for item in rejects[:3])
        raise InputError(f"records that cannot be used: {len(rejects)} ({first}); mend them or leave out --strict")


def _check_stdin(inputs: Sequence[str], enrichment: Sequence[str]) -> None:
    """Refuse to read standard input twice."""
    if "-" in inputs and "-" in enrichment:
        raise InputError("standard input (-) was given as input and to --enrich; it can be read once")


@no_collection()
def _publish(
    space: Workspace, records: Iterable[Paper], rejects: Iterable[Reject], filling: Sequence[Paper], job: _Job
) -> Manifest:
    """Build from a set of records, and others that fill what they lack, unless the current build is that already."""
    records = sorted(set(records))
    filling = sorted(set(Wanted(records).of(filling))) if filling else []
    rejects = sorted(set(rejects), key=astuple)
    wanted = _wanted(records, rejects, filling, job.config)
    present = _current(space)
    if present is not None and present.manifest().same_input(wanted):
        job.notify("nothing new: the current build holds just this")
        return present.manifest()
    enriched = enrich(merge_records(records), filling)
    _tell_enriched(enriched, len(filling), job)
    merged = enriched.papers
    papers = [paper for paper, _ in merged]
    with space.publishing() as folder:
        write_rows(folder / "records.parquet", Paper, records)
        write_rows(folder / "enrichment.parquet", Paper, filling)
        text = "".join(json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rejects)
        (folder / "rejects.jsonl").write_text(text, encoding="utf-8", newline="")
        _load(job.config)
        extractions = _extract(space, papers, wanted.fingerprint, job)
        bare = sum("title-only" in paper.flags for paper in papers)
        counts = {"records": len(records), "rejects": len(rejects), "enriched": enriched.filled, "title_only": bare}
        resolution = _resolve(papers, extractions, job)
        counts |= _write_tables(folder / "tables", resolution, job)
        kinds = Counter(entity.kind for entity in resolution.entities)
        relations = Counter(relation.type for relation in resolution.relations)
        unmatched = resolution.unmatched
        del extractions, resolution  # what follows reads the tables, and needs the room
        let_go()
        tables = Tables(folder / "tables")
        replaced = tuple(identity.replaced(present.tables(), tables)) if present is not None else ()
        told = {
            "threshold": job.config.export_threshold,
            "merged": [(paper_curie(paper), why) for paper, why in merged if why],
            "rejects": rejects,
            "ambiguous": enriched.ambiguous,
            "unmatched": unmatched,
        }
        with engine.beside(_write_pages, folder, job.config, told, wanted=_are_many(counts, job)) as pages:
            before = present.folder if present is not None else None
            counts["triples"] = _write_rdf(folder, job, (*space.identity(), *replaced), before)
            job.progress("page", 0, 1)
            pages()
            job.progress("page", 1, 1)
        manifest = replace(wanted, counts=counts, kinds=dict(kinds), relations=dict(relations), files=_digests(folder))
        (folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8", newline="")
        job.progress("publish", 0, 1)
        space.append_identity(replaced)
    job.progress("publish", 1, 1)
    return manifest


def _wanted(records: Sequence[Paper], rejects: Sequence[Reject], filling: Sequence[Paper], config: Config) -> Manifest:
    """Say what a build is to be made of."""
    return Manifest(
        version=kg.__version__,
        code=code_hash(),
        fingerprint=fingerprint(config),
        config=json.loads(json.dumps(config.as_dict())),
        records=set_hash(records, rejects, filling),
        counts={},
        kinds={},
        relations={},
        files={},
    )


def _tell_enriched(enriched: Enriched, kept: int, job: _Job) -> None:
    """Say what was filled from other records, and what was left alone."""
    if not kept:
        return
    fields = ", ".join(f"{name} {enriched.fields[name]}" for name in FIELDS if name in enriched.fields)
    left = f"; {counted(len(enriched.ambiguous), 'paper')} left alone, where several fit" if enriched.ambiguous else ""
    total = len(enriched.papers)
    job.notify(f"enriched {enriched.filled} of {counted(total, 'paper')}{f' ({fields})' if fields else ''}{left}")


def _load(config: Config) -> None:
    """Load what later stages need while there is little data; amid millions of records it keeps their memory taken."""
    for name in ("kg.resolve.entities", "kg.exporters.rdf", "networkx"):
        import_module(name)
    vocabulary.load(config.vocabularies)


def _extract(space: Workspace, papers: Sequence[Paper], mark: str, job: _Job) -> list[Extraction]:
    """Extract from the papers, going on from what earlier builds finished."""

    def progress(done: int, total: int) -> None:
        job.progress("extract", done, total)

    with Cache(space.cache, notify=job.notify) as cached:
        run = partial(engine.run, papers, job.config, cached=cached, fingerprint=mark, progress=progress)
        return run(workers=job.workers, cluster=job.cluster)


def _resolve(papers: Sequence[Paper], extractions: Sequence[Extraction], job: _Job) -> "Resolution":
    """Join the mentions of all papers into entities."""
    from kg.resolve.entities import resolve

    job.progress("resolve", 0, len(papers))
    resolution = resolve(papers, extractions, job.config)
    job.progress("resolve", len(papers), len(papers))
    if resolution.unmatched:
        names = ", ".join(map(repr, resolution.unmatched[:5])) + ", ..." * (len(resolution.unmatched) > 5)
        job.notify(f"overrides: nothing is called {names}; those decisions have no effect")
    return resolution


def _write_tables(folder: Path, resolution: "Resolution", job: _Job) -> dict[str, int]:
    """Write the tables; give the number of rows of each."""
    folder.mkdir()
    counts = {"refused_relations": resolution.refused, "unsure_names": resolution.unsure}
    counts["cyclic_pairs"] = resolution.cyclic
    for done, name in enumerate(RECORDS):
        job.progress("tables", done, len(RECORDS))
        counts[name] = write_table(folder, name, getattr(resolution, name))
    job.progress("tables", len(RECORDS), len(RECORDS))
    return counts


def _are_many(counts: Mapping[str, int], job: _Job) -> bool:
    """Tell whether the graph is worth a second process, and the user allows one."""
    return counts["relations"] >= _MANY and (job.workers or engine.default_workers()) > 1


def _write_rdf(folder: Path, job: _Job, replaced: tuple[Replacement, ...], before: Path | None) -> int:
    """Write the graph files and the store; give the number of triples."""
    from kg.exporters.rdf import write_build

    job.progress("rdf", 0, 1)
    triples = write_build(Tables(folder / "tables"), job.config, folder, replaced=replaced, before=before)
    job.progress("rdf", 1, 1)
    return triples


def _write_pages(folder: Path, config: Config, told: Mapping[str, Any]) -> None:
    """Write what people read: the page, and the report with what it is told besides the tables."""
    from kg.view.page import write_page

    tables = Tables(folder / "tables")
    with no_collection():
        with (folder / "graph.html").open("wb") as stream:
            write_page(tables, config, stream)
        text = "".join(f"{line}\n" for line in report.lines(tables, **told))
    (folder / "report.md").write_text(text, encoding="utf-8", newline="")


def _digests(folder: Path) -> dict[str, str]:
    """Give the checksum of each file of a build but those of the store, which lists its own."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and folder / "store" not in path.parents)
    return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def _current(space: Workspace) -> Build | None:
    """Give the current build if there is one and nothing happened to its files."""
    try:
        return space.build() if space.has_build() and space.build().is_intact() else None
    except WorkspaceError:
        return None


def _files(records: Iterable[Paper]) -> set[str]:
    """Give the names of the files that records came from."""
    return {source.name for record in records for source in record.sources}
