# Two commands are enough: `make run` and `make test`. Both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test check fix bench train-analyst evaluate-analyst clean

run: $(VENV)/.app
	$(BIN)/streamlit run Home.py

test: check
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

# Threads that sleep while they wait: far faster where other programs are at work too.
train-analyst: $(VENV)/.dev
	OMP_WAIT_POLICY=passive $(BIN)/python -m training.train_analyst

evaluate-analyst: $(VENV)/.dev
	$(BIN)/python -m training.evaluate_analyst

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.app: $(VENV)/.made requirements.txt requirements-embedded.txt
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -r requirements-embedded.txt
	touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.txt
	$(PIP) -r requirements-bench.txt
	touch $@

clean:
	rm -rf $(VENV) .ruff_cache .mypy_cache .pytest_cache
