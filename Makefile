# `make help` prints the targets. Everything here is safe to run twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
FAST := -n 2 -m "not browser and not crash"
# In the order of the files: those that ask the database come first, because no query can be made
# in a process in which the browser of the others is open.
BROWSER := -n 2 --dist loadfile --no-loadscope-reorder -m browser
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo demo-reset test check fix bench fresh test-fast test-postgres test-browser test-crash requirements system-demo system-test vendor-editor

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# ---------------------------------------------------------------- set-up

system-demo:
	@PYTHON="$(PYTHON)" bash .ci/system-packages demo

system-test:
	@PYTHON="$(PYTHON)" bash .ci/system-packages test

$(VENV)/.runs: requirements.txt
	@bash .ci/venv "$(PYTHON)" $(VENV) requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt requirements.txt
	@bash .ci/venv "$(PYTHON)" $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.runs

# ---------------------------------------------------------------- the demo

demo: system-demo $(VENV)/.runs ## set everything up with the starter course and four people, and serve it on PORT (8000)
	@$(BIN)/python -m ce_platform.demo --port $(PORT)

demo-reset: system-demo $(VENV)/.runs ## throw the demo's data away and start over
	@$(BIN)/python -m ce_platform.demo --port $(PORT) --reset

# ---------------------------------------------------------------- checks and tests

check: system-demo $(VENV)/.tests ## format, lint, types, imports, migrations, deployment settings
	@bash .ci/check

fix: system-demo $(VENV)/.tests ## mend what the formatter and the linter can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

test: system-test $(VENV)/.tests check ## checks, then the whole suite on SQLite, PostgreSQL, in Chromium, and under kill -9
	$(BIN)/python -m pytest $(FAST)
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest $(FAST)
	$(BIN)/python -m pytest $(BROWSER)
	$(BIN)/python -m pytest -m crash
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -m crash

test-fast: system-demo $(VENV)/.tests ## the fast tests on SQLite
	$(BIN)/python -m pytest $(FAST)

test-postgres: system-test $(VENV)/.tests ## the fast tests on a throw-away PostgreSQL
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest $(FAST)

test-browser: system-test $(VENV)/.tests ## the browser tests
	$(BIN)/python -m pytest $(BROWSER)

test-crash: system-test $(VENV)/.tests ## the crash tests
	$(BIN)/python -m pytest -m crash

bench: system-demo $(VENV)/.tests ## measure pages, saves and certificates
	$(BIN)/python -m bench

fresh: ## the two commands, each twice, in a bare Debian root (needs root and mmdebstrap)
	@bash .ci/fresh

requirements: ## compile the pinned requirements (needs uv)
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make requirements" requirements.in -o requirements.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make requirements" requirements-dev.in -o requirements-dev.txt

vendor-editor: ## bundle the libraries of the lesson editor anew (needs node and npm)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  cp static/vendor/prosemirror/{package.json,package-lock.json,entry.js,build.mjs} "$$folder" && \
	  (cd "$$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs) && \
	  cp "$$folder"/{prosemirror.js,LICENSE.txt,README.md} static/vendor/prosemirror/
