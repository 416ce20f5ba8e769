# One task file for people and CI. `make demo` and `make test` do all set-up in a clean clone.
.PHONY: demo test check bench fuzz docs notebooks lock clean

# The first Python on the path that is new enough; override with `make PYTHON=/path/to/python test`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

demo: $(READY)
	$(BIN)/kg build
	@echo
	@echo 'A recipe: what most papers speak of'
	$(BIN)/kg recipe top --param limit=8
	@echo
	@echo 'A query of your own: datasets and the papers that evaluate on them'
	$(BIN)/kg query 'SELECT ?dataset (COUNT(?paper) AS ?papers) WHERE { ?paper kg:evaluates_on ?d . ?d skos:prefLabel ?dataset } GROUP BY ?dataset ORDER BY DESC(?papers) ?dataset LIMIT 8'
	@echo
	@echo 'Page:    output/graph.html   (open it in a browser)'
	@echo 'Report:  output/report.md'
	@echo 'RDF:     output/graph.ttl, output/graph.nq.gz'
	@echo 'Next:    $(BIN)/kg show "KV cache"'

test: $(READY)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict kg

# PAPERS: lines of JSON, may be compressed; without it, what the bundled sample is enough for. NAMES: all if none.
PAPERS ?=
NAMES ?=
bench: $(READY)
	$(BIN)/python -m benchmarks $(NAMES) $(if $(PAPERS),--file '$(PAPERS)')

# Processor time for each target, and the targets; all where none is named.
MINUTES ?= 20
TARGETS ?=
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet atheris==3.0.0
	$(BIN)/python -m fuzz $(TARGETS) --minutes $(MINUTES)

# The reference from the code, and the output that the pages show.
docs: $(READY)
	$(BIN)/python -m docs.tools.reference
	$(BIN)/python -m docs.tools.ontology
	$(BIN)/python -m docs.tools.sessions

notebooks: $(READY)
	$(BIN)/python -m docs.tools.notebooks

# Needs uv; writes the versions and hashes that everybody installs.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command 'make lock' --quiet -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@test -n '$(PYTHON)' || { echo 'No Python 3.11 or newer found: install one, or name it with PYTHON=...' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
