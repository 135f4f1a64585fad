# kasparro's commands. `make run` and `make test` need only git, make and Python 3.11 or newer.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && command -v $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
PIP_OPTIONS := --disable-pip-version-check --no-input --quiet

COMPOSE := docker compose
NOT_A_TERMINAL := $(shell test -t 0 || echo --no-TTY)
STACK_IS_UP := $(COMPOSE) ps --status running --services 2>/dev/null | grep -qx worker
SET_UP := $(MAKE) --no-print-directory setup # by another name: a line with $(MAKE) is run by make -n

# $(call kasparro,ARGUMENTS): in the worker of the compose stack while it is up, else here.
define kasparro
@if $(STACK_IS_UP); then exec $(COMPOSE) exec $(NOT_A_TERMINAL) worker kasparro $(1); \
else $(SET_UP) && exec $(BIN)/kasparro $(1); fi
endef

.DEFAULT_GOAL := help
.PHONY: help setup run demo chaos soak test test-local smoke check lint types contracts lock docs clean \
  init-db run-etl shell shell-db backup-db \
  up down restart ps logs logs-api logs-etl build rebuild docker-check engine keys

help: ## Show this list
	@awk -F ':.*## ' '/^##@ / {print "\n" substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Without Docker

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

chaos: setup ## Break simulated sources in every known way; shows what became of each fault
	@$(BIN)/kasparro chaos

soak: setup ## Random faults with workers killed meanwhile: ROUNDS=20 unless given; prints its seed
	@$(BIN)/kasparro chaos --soak $(or $(ROUNDS),20)

test: setup ## Run the whole test suite on an embedded PostgreSQL (or on DATABASE_URL)
	@$(BIN)/python -m pytest

test-local: test ## The same as test

smoke: setup ## Try everything on a scratch database with simulated sources
	@$(BIN)/kasparro smoke

clean: ## Remove caches and .venv, never data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Development

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
	echo hatchling | uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	  --custom-compile-command "make lock" --constraints requirements-dev.lock - -o requirements-build.lock

##@ The installation: the compose stack while it is up, else the one without Docker

init-db: ## Bring the schema up to date; never drops anything
	$(call kasparro,db migrate)

run-etl: ## Bring all sources up to date now
	$(call kasparro,ingest)

shell: ## A shell with kasparro on the path
	@if $(STACK_IS_UP); then exec $(COMPOSE) exec $(NOT_A_TERMINAL) worker sh; \
	else $(SET_UP) && PATH="$(CURDIR)/$(BIN):$$PATH" exec $${SHELL:-sh}; fi

shell-db: ## psql on the database
	$(call kasparro,db shell)

backup-db: ## Write everything into one new file in backups/
	@mkdir -p backups && chmod 700 backups
	@umask 077; if $(STACK_IS_UP); then file=backups/kasparro-$$(date -u +%Y%m%dT%H%M%SZ).dump; \
	  $(COMPOSE) exec --no-TTY worker kasparro db backup - >$$file.part && mv $$file.part $$file \
	  && echo "backed up to $$file" || { rm -f $$file.part; exit 1; }; \
	else $(SET_UP) && exec $(BIN)/kasparro db backup backups; fi

##@ With Docker: PostgreSQL, API and worker in containers of their own

up: engine keys ## Build what is missing and start; the first time, make the keys in .env
	@$(COMPOSE) up --detach --build --wait

down: engine ## Stop and remove the containers; the data stays
	@$(COMPOSE) down

restart: engine ## Stop and start the containers
	@$(COMPOSE) restart

ps: engine ## Show the containers and their health
	@$(COMPOSE) ps

logs: engine ## Follow what all of them say
	@$(COMPOSE) logs --follow --tail 100

logs-api: engine ## Follow what the API says
	@$(COMPOSE) logs --follow --tail 100 api

logs-etl: engine ## Follow what the worker says
	@$(COMPOSE) logs --follow --tail 100 worker

build: engine keys ## Build the image
	@$(COMPOSE) build api

rebuild: engine keys ## Build the image anew, every step of it
	@$(COMPOSE) build --no-cache api

docker-check: ## Try the image and the stack for real; says why not where no engine runs
	@deploy/docker/check.sh

engine: # what is in the way of Docker, if anything
	@deploy/docker/engine.sh

keys: # the password of the database and the admin key, in .env
	@deploy/docker/secrets.sh
