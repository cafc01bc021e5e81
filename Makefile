# Every target sets itself up: Python 3.11+ and make are all that must be there.
PYTHON ?= python3
BIN := .venv/bin
RUN := .venv/.run-$(shell cksum < requirements.lock | cut -d' ' -f1)
DEV := .venv/.dev-$(shell cksum < requirements-dev.lock | cut -d' ' -f1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: demo run test lint types check bench browser lock
.DEFAULT_GOAL := demo

demo: $(RUN)  ## Start the playground with the bot in it
	@$(BIN)/python -m playground

run: $(RUN)  ## Run the bot with the settings in the environment or .env
	@$(BIN)/python -m bot run

test: $(DEV)  ## Run the tests, as many beside each other as there are processors
	@$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist=worksteal -m "not browser"

browser: $(DEV)  ## Run the tests that need Chromium
	@$(BIN)/python -m pytest tests/browser

lint: $(DEV)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

types: $(DEV)
	@$(BIN)/mypy

check: lint types test  ## What CI runs

bench: $(RUN)
	@$(BIN)/python -m bench

lock: $(DEV)  ## Write the locks anew after a change of pyproject.toml
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@.venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --python-version 3.11 pyproject.toml --extra plot -o requirements.lock
	@.venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --python-version 3.11 pyproject.toml --extra plot --group dev -o requirements-dev.lock

# What comes last, so that a set-up begins anew that was broken off or, on Debian, lacked python3-venv.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Callboard needs Python 3.11 or newer; set PYTHON=python3.x" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

$(RUN): | $(BIN)/pip
	@echo "Installing what the bot needs (once) ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(DEV): | $(BIN)/pip
	@echo "Installing what development needs (once) ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(RUN)
