# The two commands a newcomer needs: `make demo` and `make test`. Python 3.11 or newer is all they ask for.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1

.PHONY: demo groceries test check bench docs lock clean

demo: $(VENV)/installed  ## build the showcase shop and serve it at http://127.0.0.1:8000
	exec $(BIN)/daogou demo showcase

groceries: $(VENV)/installed-dev
	exec $(BIN)/daogou demo groceries

test: $(VENV)/installed-dev  ## the default test suite
	$(BIN)/pytest -n 2

check: $(VENV)/installed-dev  ## lint, types, layers, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.write_reference --check
	$(BIN)/python -m tools.check_docs

bench: $(VENV)/installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks

docs: $(VENV)/installed-dev
	$(BIN)/zensical build

lock:  ## pin what pyproject.toml asks for, with hashes; needs uv
	$(UV) pip compile pyproject.toml --group build --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --python-version 3.11 -o requirements.txt
	$(UV) pip compile pyproject.toml --extra demo --extra factors --extra encoder --group build --group dev --universal --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11 -o requirements-dev.txt

$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
