# One target a step: people and continuous integration run the same commands.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STORE  ?= $(or $(ATTENTIONVIZ_STORE),.store)
LOAD_SECONDS ?= 600
LOAD_USERS   ?= 50
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-data serve test test-js lint format bench load census docs-pictures docs-tables clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## everything that building and serving runs needs, in .venv
setup-dev: $(VENV)/.ready-dev ## the same plus tests, linters and a browser

demo: setup demo-data serve ## set up, build the demo runs if they are missing, serve them

demo-data: setup ## build the demo runs if they are missing
	@$(PY) -m precompute demo --store $(STORE)

serve: setup ## serve the store on http://127.0.0.1:$${PORT:-8050}
	@$(PY) -m app --store $(STORE)

test: setup-dev node_modules/.ready test-js ## all tests
	@$(PY) -m pytest

test-js: setup-dev ## the JavaScript's pure parts
	@$(VENV)/bin/node --test "tests/js/**/*.test.mjs"

lint: setup-dev node_modules/.ready ## style, types, import rules, security
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npx --no-install tsc --project jsconfig.json
	@$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml attentionviz.py app callbacks layouts precompute scripts gunicorn.conf.py
	@$(PY) -m scripts.audit_packages

format: setup-dev ## format the Python code
	@$(VENV)/bin/ruff check --fix-only .
	@$(VENV)/bin/ruff format .

bench: setup-dev ## measure, side by side in one run, and write docs/benchmarks.md; fails if a bound is broken
	@$(PY) -m tests.benchmarks

load: setup-dev ## 50 visitors for ten minutes (LOAD_USERS, LOAD_SECONDS), memory and start; write docs/benchmarks.md
	@$(PY) -m tests.load --seconds $(LOAD_SECONDS) --users $(LOAD_USERS)

census: setup-dev ## run every model type of transformers, tiny, and write docs/models.md; continues where it stopped
	@$(PY) -m scripts.census

docs-pictures: setup-dev demo-data ## make the pictures of README and guide from the demo runs
	@$(PY) -m scripts.docs_pictures --store $(STORE)

docs-tables: setup-dev ## write the guide's tables from the registries
	@$(PY) -m scripts.docs_tables

clean: ## remove what the targets made, but not the store
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "python3 -m venv failed; on Debian or Ubuntu install the package python3-venv first" >&2; rm -rf $(VENV); exit 2; }

$(VENV)/.ready: $(VENV)/bin/python requirements.txt requirements-serve.txt requirements-demo.txt
	@echo "Installing into $(VENV) (a few minutes the first time)"
	@$(PY) -m pip install --quiet -r requirements.txt
	@$(PY) -m pip install --quiet --no-deps -r requirements-demo.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt scripts/ensure_browser.py
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@$(PY) scripts/ensure_browser.py
	@touch $@

node_modules/.ready: package.json package-lock.json $(VENV)/.ready-dev
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@
