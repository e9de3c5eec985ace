# make run    install what is needed into .venv and open the web page on the sample transcripts
# make test   format check, lint, types and all tests
# make clean  remove .venv and everything else that make made

PYTHON  ?= python3
VENV    ?= .venv
LIBRARY ?= demo-library
PORT    ?= 7860
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test lint format clean

run: $(VENV)/installed
	$(BIN)/transcript-qa serve --library "$(LIBRARY)" --samples --port $(PORT)

test: $(VENV)/installed-dev lint
	$(BIN)/python -m pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "transcript-qa needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing into $(VENV); this takes a minute or two the first time."
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
