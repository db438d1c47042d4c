# Two commands on a fresh machine with python3 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OK := $(VENV)/.ok
# Compiled kernels are kept with the environment, so the second run starts at once.
export NUMBA_CACHE_DIR ?= $(CURDIR)/$(VENV)/numba-cache

.PHONY: demo test check lint types format messages benchmarks clean

demo: $(OK)
	@$(BIN)/uncounted demo

test: $(OK)
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

check: lint types

lint: $(OK)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(OK)
	@$(BIN)/mypy

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
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist
