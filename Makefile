# The digit recogniser: `make` lists what can be done. Each step runs only if what it needs changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# Twice quiet: errors only, not what pip thinks of this machine's configuration.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install

# The SAM CLI and its kin have a virtual environment of their own, see infra/requirements.in.
INFRA := .venv-infra
INFRA_PYTHON := $(INFRA)/bin/python
export PYTHON_VERSION ?= 3.13
export ARCHITECTURE ?= x86_64

CODE := layers/model/digit_recognizer functions local training infra tests $(wildcard benchmarks)
SERVING := layers/model functions/predict functions/feedback functions/download local
PARTS := $(SERVING) training tests infra
PAGE := web/dist/index.html
PAGE_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint lint-python lint-web test-python test-web test-e2e chromium train evaluate experiments \
	bench screens import-csv export-csv compact reprocess format lock clean lint-infra build deploy destroy verify-lambda

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMPS)/serving $(PAGE) ## Start the local server (HOST, PORT, DATA_STORE) and print its address
	@exec $(BIN)/python -m local

test: lint test-web test-python test-e2e ## Run everything that proves the project: linters, types, all tests

lint: lint-python lint-web lint-infra ## Check format, lint and types, and the template

lint-python: $(STAMPS)/development
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy

lint-web: web/node_modules/.stamp
	npm --prefix web run lint

lint-infra: $(INFRA)/.stamp ## Check infra/template.yaml: SAM, cfn-lint, checkov
	@AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 $(INFRA)/bin/sam validate --lint \
		--template infra/template.yaml
	$(INFRA)/bin/cfn-lint --non-zero-exit-code informational infra/template.yaml
	$(INFRA)/bin/checkov --file infra/template.yaml --framework cloudformation --quiet --compact \
		--skip-download

# In a run of its own: Playwright's event loop would be in the way of tests that need theirs.
test-python: $(STAMPS)/development $(INFRA)/.stamp $(PAGE) chromium ## Run the Python tests but those that drive the page (ARGS: for pytest)
	$(BIN)/python -m pytest --ignore tests/e2e $(ARGS)

test-web: web/node_modules/.stamp ## Run the page's unit tests
	npm --prefix web test

test-e2e: $(STAMPS)/development $(PAGE) chromium ## Run only the tests that drive the page in Chromium
	$(BIN)/python -m pytest tests/e2e $(ARGS)

build: $(INFRA)/.stamp ## Build the Lambda artefacts (PYTHON_VERSION, ARCHITECTURE)
	@$(INFRA_PYTHON) -m infra.packaging build

deploy: $(INFRA)/.stamp ## Build, deploy to AWS, try it (STACK, PARAMETERS; see docs/deploy.md)
	@$(INFRA_PYTHON) -m infra.deploy check
	@$(MAKE) --no-print-directory $(PAGE) build
	@$(INFRA_PYTHON) -m infra.deploy deploy

destroy: $(INFRA)/.stamp ## Delete the stack; it says what, and asks
	@$(INFRA_PYTHON) -m infra.deploy destroy

# Runs the tests of the artefacts for PYTHON_VERSION, if this machine has that Python.
verify-lambda: $(STAMPS)/development $(INFRA)/.stamp ## Prove the artefacts under Lambda's Python
	@LAMBDA_PYTHON=$(PYTHON_VERSION) $(BIN)/python -m infra.lambda_runtime
	@LAMBDA_PYTHON=$(PYTHON_VERSION) $(BIN)/python -m pytest tests/infra/test_artefacts.py \
		tests/infra/test_runtime.py $(ARGS)

train: $(STAMPS)/development ## Train the model and export it (ARGS: for training.train)
	$(BIN)/python -m training.train $(ARGS)

evaluate: $(STAMPS)/development ## Measure the model on held-out data (ARGS: for training.evaluate)
	$(BIN)/python -m training.evaluate $(ARGS)

experiments: $(STAMPS)/development ## Compare architectures in one table (ARGS: for training.experiments)
	$(BIN)/python -m training.experiments $(ARGS)

bench: $(STAMPS)/development build ## Measure speed, memory and sizes into docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

import-csv: $(STAMPS)/serving ## Take a user_pixel_data.csv from elsewhere, once (FILE, DATA_STORE)
	@test -n "$(FILE)" || { echo "Which file? For example: make import-csv FILE=user_pixel_data.csv" >&2; exit 2; }
	@$(BIN)/python -m digit_recognizer import-csv "$(FILE)"

export-csv: $(STAMPS)/serving ## Write all feedback to a file (FILE=user_pixel_data.csv, DATA_STORE)
	@$(BIN)/python -m digit_recognizer export-csv $(if $(FILE),"$(FILE)")

compact: $(STAMPS)/serving ## Take rows that arrived one by one into the CSV's segments (DATA_STORE)
	@$(BIN)/python -m digit_recognizer compact

reprocess: $(STAMPS)/serving ## Make the pixels of old rows anew, with today's normalise (DATA_STORE)
	@$(BIN)/python -m digit_recognizer reprocess

screens: $(STAMPS)/development $(PAGE) chromium ## Picture the page in each state, for docs/screens (ARGS: words of file names)
	$(BIN)/python -m tests.e2e.screens $(ARGS)

format: $(STAMPS)/development web/node_modules/.stamp ## Format the code and fix what linters can fix
	$(BIN)/ruff check --fix --quiet $(CODE) || true
	$(BIN)/ruff format $(CODE)
	npm --prefix web run format

# Each part is resolved under the pins of the parts before it.
lock: $(STAMPS)/development ## Pin the dependencies, with hashes (ARGS=--upgrade: the newest ones)
	@set -e; for part in $(PARTS); do \
		echo "$$part/requirements.txt"; \
		(cd $$part && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal $(ARGS) \
			--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
			--custom-compile-command "make lock" requirements.in -o requirements.txt); \
	done

clean: ## Remove all that was built or installed here; your data stays
	rm -rf $(VENV) $(INFRA) web/node_modules web/dist build .aws-sam .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis layers/model/*.egg-info
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# Asked only where the answer is needed: a second `make run` starts no Node.
CHECK_PYTHON := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=python3.12 …" >&2; exit 1; }
CHECK_NODE := node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' \
	2>/dev/null && command -v npm >/dev/null || { \
	echo "Node.js 20.19 or newer with npm is needed to build the page: https://nodejs.org" >&2; exit 1; }

$(BIN)/python:
	@$(CHECK_PYTHON)
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/serving: $(SERVING:%=%/requirements.txt) layers/model/pyproject.toml | $(BIN)/python
	@echo "Installing what serving needs …"
	@$(PIP) --require-hashes $(SERVING:%=--requirement %/requirements.txt)
	@$(PIP) --no-deps --editable layers/model
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/development: $(STAMPS)/serving training/requirements.txt tests/requirements.txt
	@echo "Installing what training and tests need …"
	@$(PIP) --require-hashes --requirement training/requirements.txt --requirement tests/requirements.txt
	@touch $@

# pip is enough to fetch uv, and uv fetches the rest ten times faster.
$(INFRA)/.stamp: infra/requirements.txt
	@$(CHECK_PYTHON)
	@echo "Installing what building and deploying needs …"
	@$(PYTHON) -m venv --clear $(INFRA)
	@awk '/^uv==/,!/\\$$/' $< > $(INFRA)/uv.txt
	@$(INFRA_PYTHON) -m pip --disable-pip-version-check -qq install --require-hashes \
		--requirement $(INFRA)/uv.txt
	@$(INFRA)/bin/uv pip install --quiet --python $(INFRA_PYTHON) --require-hashes --requirement $<
	@touch $@

web/node_modules/.stamp: web/package-lock.json web/package.json
	@$(CHECK_NODE)
	@echo "Installing what the page's build needs …"
	@npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): web/node_modules/.stamp $(PAGE_SOURCES)
	@npm --prefix web run --silent build
	@touch $@

# Uses the browser on the machine; else Debian's package, as root; else Playwright's own download.
chromium: $(STAMPS)/development
	@command -v chromium || command -v chromium-browser || command -v google-chrome || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -qq --yes chromium; \
		else \
			$(BIN)/playwright install chromium; \
		fi; }
