# PETS: every command of the project. `make` alone prints this list.
#
# Only Python 3.11, 3.12 or 3.13 is needed; another one than python3: make up PYTHON=python3.12
# Options go into ARGS: make up ARGS="--source world"

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
RUN := $(BIN)/python -m
UV := $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: help setup up test check fix types imports arch secrets secrets-baseline replay bench \
	docs schemas lock clean clean-state install-run install-test install-dev

help: ## Print this list
	@echo "PETS: a Polymarket trading dataflow. Paper money unless told otherwise."
	@echo
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -e 's/:.*## /\t/' | \
		while IFS="$$(printf '\t')" read -r name text; do \
			printf '  make %-18s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'Options go into ARGS, for example: make up ARGS="--source world"'

# ---------------------------------------------------------------- run

up: install-run ## Install what is missing, then run the whole system; Ctrl-C stops it
	@exec $(BIN)/pets up $(ARGS)

replay: install-run ## Run the folds over a recording without a broker (SOURCE=resolvedkit)
	@exec $(BIN)/pets replay $(or $(SOURCE),resolvedkit) $(ARGS)

# ---------------------------------------------------------------- prove

test: install-test check ## Everything `check` does, then all tests with the coverage gate
	$(RUN) pytest --cov --cov-report=term $(ARGS)

check: install-test ## Style, types, imports, architecture and secrets; changes nothing
	$(RUN) ruff check .
	$(RUN) black --check --quiet . || { echo "Some files are not formatted: run make fix"; exit 1; }
	$(RUN) mypy
	@$(MAKE) imports arch secrets

types: install-test ## Check the types of everything, tests too
	$(RUN) mypy

imports: install-test ## Check the directions of imports (import-linter)
	$(BIN)/lint-imports

arch: install-test ## Check sizes, purity, names, docstrings, packaging
	$(RUN) pytest -q tests/architecture

secrets: install-test ## Look for secrets that .secrets.baseline does not know
	@git rev-parse --is-inside-work-tree >/dev/null 2>&1 || \
		{ echo "Not a git checkout: git names the files to look at, so nothing was looked at."; exit 0; }; \
	known=$$(mktemp) && cp .secrets.baseline "$$known" && \
	git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c \
		'hook=$$1 known=$$2; shift 2; "$$hook" --baseline "$$known" "$$@" || test $$? -eq 3' \
		_ $(BIN)/detect-secrets-hook "$$known"; found=$$?; rm -f "$$known"; \
	if [ $$found -ne 0 ]; then \
		echo "Remove these; if one is no secret, mark its line or run make secrets-baseline."; exit 1; \
	fi; echo "No new secrets."

bench: install-test ## Print the benchmarks as ratios to a named peer
	@for name in book gate signing replay latency halt shell sink; do \
		echo "== $$name"; $(RUN) tests.benchmarks.bench_$$name || exit 1; done

# ---------------------------------------------------------------- change

setup: install-dev ## Prepare for work on the code: all tools, and the git hooks
	@if git rev-parse --git-dir >/dev/null 2>&1; then $(RUN) pre_commit install; fi

fix: install-test ## Format, and repair what ruff can repair
	$(RUN) ruff check --fix .
	$(RUN) black --quiet .

docs: install-run ## Write the generated parts of docs/: topics, JSON Schemas, metrics, faults
	@$(BIN)/python -c 'from pathlib import Path; from api.docs import write_docs; \
		print(*write_docs(Path("docs")) or ["docs/ is up to date."], sep="\n")'
	@if [ -d tests ]; then $(RUN) tests.faults.matrix; fi

schemas: docs ## The same; the JSON Schema of every message is in docs/schemas/

lock: install-dev ## Resolve all dependencies anew; LOCK_ARGS=--upgrade takes newer versions
	@cd requirements && ../$(UV) -o run.lock ../pyproject.toml build.in
	@cd requirements && ../$(UV) -c run.lock -o test.lock --extra test ../pyproject.toml build.in
	@cd requirements && ../$(UV) -c test.lock -o dev.lock --extra test --extra dev \
		../pyproject.toml build.in
	@grep -c '^[a-z0-9].*==' requirements/*.lock

secrets-baseline: install-test ## Accept the present findings of detect-secrets, after reading them
	@git ls-files -z --cached --others --exclude-standard | \
		xargs -0 $(BIN)/detect-secrets scan --baseline .secrets.baseline
	@git diff --stat .secrets.baseline

clean: ## Remove caches and builds; never what the system has recorded
	rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache .benchmarks
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.pets/*' -prune \
		-exec rm -rf {} +
	@echo "Kept: .pets (recorded state; make clean-state removes it) and .venv."

clean-state: clean ## Also remove the recorded state: log, database, halts, positions
	@if [ -x $(BIN)/python ]; then $(BIN)/python -c "from pathlib import Path; \
		from api.runtime.postgres_files import remove_runtime_folder; \
		remove_runtime_folder(Path('.pets').resolve())"; fi
	rm -rf .pets

# ---------------------------------------------------------------- install

install-run install-test install-dev:
	@command -v $(PYTHON) >/dev/null 2>&1 || \
		{ echo "There is no $(PYTHON) here: PETS needs Python 3.11 to 3.13."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 7))' || \
		{ echo "$(PYTHON) is too old: PETS needs Python 3.11 to 3.13. Name one: PYTHON=python3.11"; exit 1; }
	@$(PYTHON) requirements/install.py $(@:install-%=%)
