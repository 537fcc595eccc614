# Each line calls a tool. PYTHON may name another interpreter: make lab PYTHON=python3.12
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
UV := $(BIN)/uv sync --quiet --frozen --inexact

.PHONY: lab install test check build hub
lab: install
	@$(BIN)/paroleclinic lab

hub: .venv/installed-for-hub
	@$(BIN)/paroleclinic hub $(ARGS)

install: .venv/installed

test: .venv/installed-for-tests
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python tests/room.py
	@$(BIN)/ruff check src tests benchmarks && $(BIN)/ruff format --check --quiet src tests benchmarks
	@$(BIN)/mypy
	@PAROLECLINIC_NOTHING_SKIPPED=1 $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: install
	@$(BIN)/paroleclinic check

build: install
	@$(BIN)/paroleclinic build

.venv/uv:
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'Python 3.11 or newer is needed. Try: make PYTHON=python3.12')"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch .venv/uv

.venv/installed: .venv/uv uv.lock pyproject.toml
	@echo "Installing the course into .venv (once; a few minutes) ..."
	@$(UV) --no-dev
	@touch .venv/installed

.venv/installed-for-hub: .venv/uv uv.lock pyproject.toml
	@echo "Installing the course and what a hub needs into .venv (once; a few minutes) ..."
	@$(UV) --no-dev --extra hub
	@touch .venv/installed .venv/installed-for-hub

.venv/installed-for-tests: .venv/uv uv.lock pyproject.toml
	@echo "Installing the course and its test tools into .venv ..."
	@$(UV)
	@touch .venv/installed .venv/installed-for-tests
