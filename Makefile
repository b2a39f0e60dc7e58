# `make demo` and `make test` need Python 3.11 to 3.13, make and a package index.

PYTHON ?= python3
# `make test CONSTRAINTS=tests/minimum_versions.txt PYTEST_ARGS="-W default"` tries the
# oldest versions: their own deprecation warnings are not ours.
CONSTRAINTS ?=
PYTEST_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
DEMO := runs/demo

export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: demo test lint bench stress clean

demo: $(VENV)/.installed
	rm -rf $(DEMO)
	$(BIN)/keras-gan train digits --output-dir $(DEMO)
	$(BIN)/keras-gan sample $(DEMO) --num 100 --seed 1 --output $(DEMO)/samples.png
	$(BIN)/keras-gan evaluate $(DEMO)
	$(BIN)/keras-gan export $(DEMO) --format onnx saved_model
	@echo "Look at $(DEMO)/samples.png"

test: $(VENV)/.installed
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# PyTorch's CPU build is enough: `pip install torch --index-url` of PyTorch's CPU wheels
# before `make bench` keeps the large one away.
bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[benchmarks]"
	for benchmark in tests/benchmarks/[a-z]*.py; do $(BIN)/python $$benchmark || exit 1; done

stress: $(VENV)/.installed
	$(BIN)/python tests/stress/kill_and_resume.py

clean:
	rm -rf $(VENV)

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[test]" $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
	touch $@

$(VENV)/.installed-lint: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[test,lint]"
	touch $@
