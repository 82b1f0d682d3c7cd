# The commands of the house. Everything is installed into .venv and nothing elsewhere, except the servers of the tests.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev servers run test quick audit lint format lock screens bench bundle
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST_ARGS ?=
# Most tests wait for a server now and then, so one more worker than cores keeps the machine busy.
WORKERS ?= $(shell expr $$(nproc) + 1)
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)
# What failed beside others is tried once more alone: real servers and browsers on a busy machine may miss a time-out,
# a broken promise fails again.
ALONE = $(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(PYTEST_ARGS)
# The leaves, the desk's verbs and the house's rules: no pages, no browser, no server, so nobody waits for anything.
QUICK = tests/test_*.py tests/channels tests/kb tests/triage tests/app/desk
# mypy refuses a folder without Python in it.
TYPED = $(shell for d in app channels triage kb tests bench migrations; do find $$d -name '*.py' 2>/dev/null | head -1; done | cut -d/ -f1)
export PYTHONUTF8 = 1
# Compiled once, not by each of the many processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE
export PLAYWRIGHT_BROWSERS_PATH = $(CURDIR)/.venv/browsers

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install the locked dependencies, if they changed
	@PYTHON="$(PYTHON)" scripts/setup.sh requirements.txt

setup-dev: ## the same, with what the tests need
	@PYTHON="$(PYTHON)" scripts/setup.sh requirements-dev.txt

servers: ## see that PostgreSQL, Redis, Dovecot, clamd, Chromium and ffmpeg are here for the tests; root installs them
	@scripts/servers.sh

run: setup ## start the demo on http://127.0.0.1:8000 (or PORT=…) with a week of sample enquiries
	@exec env DEMO=1 $(BIN)/flask serve

test: setup-dev servers ## everything: lint, all tests on SQLite, those that ask a database on PostgreSQL
	@status=0; \
	$(MAKE) lint || status=1; \
	$(PYTEST) --db=sqlite || $(ALONE) --db=sqlite || status=1; \
	$(PYTEST) --db=postgresql || $(ALONE) --db=postgresql || status=1; \
	exit $$status

quick: setup-dev ## the leaves, the desk and the house's rules on SQLite, in under a minute
	@$(BIN)/python -m pytest -q -n $$(nproc) --dist worksteal -m "not slow" $(PYTEST_ARGS) $(QUICK)

audit: setup-dev ## compare the locked packages with the advisories that are known of them
	@$(BIN)/python scripts/audit.py

lint: setup-dev ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict $(TYPED)

format: setup-dev ## put the code in ruff's shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## write requirements.txt and requirements-dev.txt anew from their .in files (needs uv)
	uv pip compile -q --upgrade --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt

screens: setup-dev servers ## photograph every page into screens/
	@$(BIN)/python -m bench.screens screens

bench: setup-dev servers ## measure the way of 1,000 mails from a mailbox to sorted tickets
	@$(BIN)/python -m bench.intake

bundle: ## put the program and every wheel it needs into one archive, for a machine without Internet
	@PYTHON="$(PYTHON)" scripts/bundle.sh
