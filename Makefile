# kasparro's commands. `make run` and `make test` need only git, make and Python 3.11 or newer.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && command -v $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
PIP_OPTIONS := --disable-pip-version-check --no-input --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-local check lint types contracts lock clean init-db run-etl shell shell-db docs

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv and install the locked dependencies; nothing when nothing changed

$(STAMP): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or set PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/python || { echo "making .venv with $(PYTHON)"; "$(PYTHON)" -m venv .venv; }
	@echo "installing the locked dependencies"
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes --no-deps -r requirements-dev.lock
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## Ingest and serve on port 8000: database, API and worker in one process
	@exec $(BIN)/kasparro up

demo: setup ## The same with simulated sources: needs no network, marked as simulated
	@exec $(BIN)/kasparro up --sandbox

test: setup ## Run the whole test suite on an embedded PostgreSQL (or on DATABASE_URL)
	@$(BIN)/python -m pytest

test-local: test ## The same as test

check: lint types contracts test ## What CI runs: lint, types, import contracts, tests

lint: setup ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## Check types
	@$(BIN)/mypy

contracts: setup ## Check who may import whom
	@$(BIN)/lint-imports

docs: setup ## Write the generated parts of the documentation
	@$(BIN)/python docs/generate.py

lock: setup ## Resolve the dependencies anew; needs uv
	uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	  --custom-compile-command "make lock" --extra dev pyproject.toml -o requirements-dev.lock

clean: ## Remove caches and .venv, never data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

init-db: setup ## Bring the schema up to date; never drops anything
	@$(BIN)/kasparro db migrate

run-etl: setup ## Bring all sources up to date now
	@$(BIN)/kasparro ingest

shell: setup ## A shell with kasparro on the path
	@PATH="$(CURDIR)/$(BIN):$$PATH" $${SHELL:-sh}

shell-db: setup ## psql on the database
	@$(BIN)/kasparro db shell
