# Two commands are enough: `make run` and `make test`. Both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Versions that were tested together; the ranges that are allowed are in requirements.txt.
LOCKED := $(PIP) -c constraints.txt
# The quick part of the suite: without browsers and without what starts processes.
QUICK := -n auto --dist loadfile --ignore=tests/browser --ignore=tests/cli --ignore=tests/runs --ignore=tests/training

.PHONY: run test test-lowest test-newest lock check fix bench train-analyst evaluate-analyst clean

run: $(VENV)/.app
	$(BIN)/streamlit run Home.py

test: check
	$(BIN)/python -m pytest -n auto --dist loadfile

# The quick part at both ends of the ranges, each in an environment of its own.
# Stubs are for mypy alone, which runs with what is locked.
test-lowest: $(VENV)-lowest/.dev
	$(VENV)-lowest/bin/python -m pytest $(QUICK)

test-newest: $(VENV)-newest/.dev
	$(VENV)-newest/bin/python -m pytest $(QUICK)

# Write down the versions of this environment, once the tests have passed in it. A build's local
# part (torch 2.13.0+cpu) is left out: each platform has its own.
lock: $(VENV)/.dev
	{ echo "# Made by make lock: versions that were tested together."; \
	  $(BIN)/python -m pip list --format=freeze --disable-pip-version-check \
	    | sed -E -e '/^(pip|setuptools|wheel)==/d' -e 's/\+.*//'; } > constraints.txt

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

$(VENV)/.app: $(VENV)/.made requirements.txt requirements-embedded.txt constraints.txt
	$(LOCKED) -r requirements.txt
	$(PIP) --no-deps -r requirements-embedded.txt
	touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	$(LOCKED) -r requirements-dev.txt
	touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.txt
	$(LOCKED) -r requirements-bench.txt
	touch $@

$(VENV)-lowest/.dev: requirements.txt requirements-dev.txt requirements-embedded.txt
	$(PYTHON) -m venv $(VENV)-lowest
	sed -E -e '/^(-r |types-|pandas-stubs)/d' -e 's/>=([^,;]+),[^;]*/==\1 /' requirements.txt requirements-dev.txt > $(VENV)-lowest/lowest.txt
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check -r $(VENV)-lowest/lowest.txt
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-embedded.txt
	touch $@

$(VENV)-newest/.dev: requirements.txt requirements-dev.txt requirements-embedded.txt
	$(PYTHON) -m venv $(VENV)-newest
	$(VENV)-newest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade -r requirements-dev.txt
	$(VENV)-newest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-embedded.txt
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-newest .ruff_cache .mypy_cache .pytest_cache
