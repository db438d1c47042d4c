# Two commands on a fresh machine with python3 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OK := $(VENV)/.ok
# Compiled kernels are kept with the environment, so the second run starts at once.
export NUMBA_CACHE_DIR ?= $(CURDIR)/$(VENV)/numba-cache

PYTEST := $(BIN)/python -m pytest -q -n 2
# Compiled code divides and overflows without a word, and the kernels look at what comes out; numpy's scalars warn.
SILENT := $(foreach what,overflow divide_by_zero invalid_value,-W "ignore:$(subst _, ,$(what)) encountered in scalar:RuntimeWarning")
PLAIN := NUMBA_DISABLE_JIT=1 $(PYTEST) -m nojit $(SILENT)

.PHONY: demo test test-rest test-all test-nojit test-pythons coverage check lint types format hooks docs messages benchmarks clean

demo: $(OK)
	@$(BIN)/uncounted demo

# Something of every family of behaviour, in under three minutes on two cores.
test: $(OK)
	@$(PYTEST) -m "not extended and not slow"

test-rest: $(OK)
	@$(PYTEST) -m "extended and not slow"

test-all: test test-rest

# The kernels as plain Python, on small inputs: what compiled code hides (an index out of range, a wrong type) raises here.
test-nojit: $(OK)
	@$(PLAIN)

# The fast tests under every Python from 3.11 to 3.13 that is found here.
test-pythons:
	@.ci/pythons

# Lines of the fast tests, then of the kernels run as plain Python (compiled code leaves no trace).
coverage: $(OK)
	@$(PYTEST) -m "not extended and not slow" --cov --cov-report=
	@$(PLAIN) --cov --cov-append --cov-report=term:skip-covered

check: lint types

lint: $(OK)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(OK)
	@$(BIN)/mypy

# The same checks before every commit.
hooks: $(OK)
	@$(BIN)/pre-commit install

docs: $(OK)
	@$(BIN)/python docs/site/build.py

format: $(OK)
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

# Sentences: the .po files are the source, the .mo files what the program reads.
messages: $(OK)
	@$(BIN)/python -m tests.messages --write

benchmarks: $(OK)
	@$(BIN)/python -m benchmarks

# uv where it is on the PATH, plain pip otherwise; both check every hash.
$(OK): pyproject.toml constraints.txt
	@echo "Installing Uncounted and what it needs into $(VENV) (once)"
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r constraints.txt && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(OK)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage build dist
