# `make demo` and `make test` need Python 3.11 to 3.13, make and a package index.

PYTHON ?= python3
# `make test CONSTRAINTS=tests/minimum_versions.txt PYTEST_ARGS="-W default"` tries the
# oldest versions: their own deprecation warnings are not ours.
CONSTRAINTS ?=
# `make test LOCKED=tests/locked_versions.txt` installs these files and no other, by their
# hashes; `make locked` writes them anew.
LOCKED ?=
PYTEST_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
DEMO := runs/demo
# The slowest tests are named at the end: whoever adds one makes another faster.
PYTEST = $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder \
	--durations=30 --durations-min=2

export TF_CPP_MIN_LOG_LEVEL ?= 2

# What the deployments need, with nothing of ours in it: see examples/deployment.
DEPLOYMENT := .venv-deployment
EXPORTS ?= $(DEMO)/exports
REPORT ?= $(DEMO)/report.html
CONDITIONAL_EXPORTS ?= runs/conditional_exports
COMPLETION_EXPORTS ?= runs/completion_exports

.PHONY: demo test exhaustive lint docs links bench stress fuzz chaos ray audit locked dist deployment clean

demo: $(VENV)/.installed
	rm -rf $(DEMO)
	$(BIN)/keras-gan train digits --output-dir $(DEMO)
	$(BIN)/keras-gan sample $(DEMO) --num 100 --seed 1 --output $(DEMO)/samples.png
	$(BIN)/keras-gan evaluate $(DEMO)
	$(BIN)/keras-gan export $(DEMO) --format onnx onnx_prior saved_model litert
	@echo "Look at $(DEMO)/samples.png"

test: $(VENV)/.installed
	$(PYTEST) $(PYTEST_ARGS)

# Everything that `make test` leaves out: whole catalogues, all examples, games played out.
exhaustive: $(VENV)/.installed
	$(PYTEST) -m exhaustive $(PYTEST_ARGS)

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation as a site, with the reference from docstrings: build/docs/index.html.
docs: $(VENV)/.installed-docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --builder html docs build/docs
	@echo "Look at build/docs/index.html"

# Whether the addresses of other sites still lead somewhere; those of this one are tested.
links: $(VENV)/.installed-docs
	$(BIN)/sphinx-build --keep-going --builder linkcheck docs build/links

# All but the one that needs a second checkout.
BENCHMARKS := $(filter-out %/two_checkouts.py,$(wildcard tests/benchmarks/[a-z]*.py))

# PyTorch's CPU build is enough: `pip install torch --index-url` of PyTorch's CPU wheels
# before `make bench` keeps the large one away.
bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[benchmarks]"
	for benchmark in $(BENCHMARKS); do $(BIN)/python $$benchmark || exit 1; done

# Two parts at once, `make -j2 stress`: under two hours. All steps of the catalogue and a
# longer soak take six: `make stress STEPS=1320 MINUTES=180`.
STRESS := $(addprefix stress-,soak kill_and_resume every_step_in_order fresh_builds from_pictures)
.PHONY: $(STRESS) stress-loaded_builds
stress: $(STRESS) stress-loaded_builds

$(STRESS): stress-%: $(VENV)/.installed
	$(BIN)/python tests/stress/$*.py $(OPTIONS)

stress-every_step_in_order: OPTIONS = --num $(or $(STEPS),400)
stress-soak: OPTIONS = --minutes $(or $(MINUTES),60)

stress-loaded_builds: $(VENV)/.installed
	$(BIN)/python tests/stress/fresh_builds.py --loaded

fuzz: $(VENV)/.installed
	$(BIN)/python tests/stress/fuzz_readers.py --minutes $(or $(MINUTES),10)

# A run that is killed, starved of disk, robbed of its folder and trained twice at once;
# then a thousand command lines, most of them wrong.
chaos: $(VENV)/.installed
	$(BIN)/python tests/stress/chaos.py --faults kill call --trials $(or $(TRIALS),150)
	$(BIN)/python tests/stress/chaos.py --faults term twice full read_only vanished
	$(BIN)/python tests/stress/command_lines.py

# Two workers that Ray starts on this machine, of which one is lost.
ray: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[test,ray]"
	$(BIN)/python -m pytest tests/test_ray.py $(PYTEST_ARGS)

# A list of all that is installed (CycloneDX), and what is known against any of it. The
# tool lives elsewhere, so that it is not in its own list.
audit: $(VENV)/.installed
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet "pip-audit>=2.7"
	site=$$($(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))"); \
	    .venv-audit/bin/pip-audit --path $$site --skip-editable --format cyclonedx-json \
	        --output dependencies.cdx.json; \
	    .venv-audit/bin/pip-audit --path $$site --skip-editable

# All that tests and lint install on Linux with Python 3.11, with the hashes of the files.
locked:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet "uv>=0.5"
	.venv-audit/bin/uv pip compile pyproject.toml tests/build_requirements.txt \
	    --extra test --extra lint --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --upgrade --quiet --output-file tests/locked_versions.txt

# What a release consists of: the wheel and the sources, complete by PyPI's rules.
dist:
	rm -rf dist
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet "build>=1.2" "twine>=6"
	.venv-audit/bin/python -m build --outdir dist .
	.venv-audit/bin/python -m twine check --strict dist/*

# Needs Node.js and npm; pages, that of a run's report too, are tested where Chromium and
# its driver are installed.
# Both kinds of generators are tried, one that is told a class and one that is not.
deployment: $(DEPLOYMENT)/.installed $(CONDITIONAL_EXPORTS)/prior.onnx \
		$(COMPLETION_EXPORTS)/prior.onnx
	test -f $(EXPORTS)/prior.onnx || $(MAKE) demo
	npm ci --prefix examples/deployment/web_page
	for exports in $(abspath $(EXPORTS) $(CONDITIONAL_EXPORTS)); do \
	    KERAS_GAN_EXPORTS=$$exports KERAS_GAN_REPORT=$(abspath $(REPORT)) \
	    KERAS_GAN_COMPLETION_EXPORTS=$(abspath $(COMPLETION_EXPORTS)) \
	    $(DEPLOYMENT)/bin/python -m pytest --noconftest \
	        tests/deployment/test_*.py $(PYTEST_ARGS) || exit 1; \
	done

$(CONDITIONAL_EXPORTS)/prior.onnx: tests/deployment/conditional_exports.py
	test -d $(VENV) || $(MAKE) $(VENV)/.installed
	$(BIN)/python $< $(CONDITIONAL_EXPORTS)

$(COMPLETION_EXPORTS)/prior.onnx: tests/deployment/completion_exports.py
	test -d $(VENV) || $(MAKE) $(VENV)/.installed
	$(BIN)/python $< $(COMPLETION_EXPORTS)

clean:
	rm -rf $(VENV) $(DEPLOYMENT) .venv-audit

$(DEPLOYMENT)/.installed: examples/deployment/inference_server/requirements.txt
	$(PYTHON) -m venv $(DEPLOYMENT)
	$(DEPLOYMENT)/bin/python -m pip install --quiet --upgrade pip
	$(DEPLOYMENT)/bin/python -m pip install --quiet --requirement $< pytest selenium
	touch $@

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(if $(LOCKED),$(BIN)/python -m pip install --quiet --require-hashes --requirement $(LOCKED))
	$(BIN)/python -m pip install --quiet --editable ".[test]" $(if $(CONSTRAINTS),-c $(CONSTRAINTS)) $(if $(LOCKED),--no-deps --no-build-isolation)
	touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[docs]"
	touch $@

$(VENV)/.installed-lint: $(VENV)/.installed
	$(if $(LOCKED),,$(BIN)/python -m pip install --quiet --editable ".[test,lint]")
	touch $@
