# The digit recogniser: `make` lists what can be done. Each step runs only if what it needs changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# Twice quiet: errors only, not what pip thinks of this machine's configuration.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install
# pip is enough to fetch uv, and uv fetches the rest ten times faster.
UV_PIN := /^uv==/,!/\\$$/

# The SAM CLI and its kin have a virtual environment of their own, see infra/requirements.in.
INFRA := .venv-infra
INFRA_PYTHON := $(INFRA)/bin/python
# And so have PySpark and its kin, half a gigabyte: only `make verify-parquet` needs them.
READERS := .venv-readers
export PYTHON_VERSION ?= 3.13
export ARCHITECTURE ?= x86_64

CODE := layers/model/digit_recognizer functions local training infra tests $(wildcard benchmarks)
TEMPLATES := infra/template.yaml infra/retraining.yaml infra/batch.yaml
SERVING := layers/model functions/predict functions/feedback functions/download local
PARTS := $(SERVING) training tests tests/readers infra
PAGE := web/dist/index.html
PAGE_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

# A virtual environment has its folder's name in its scripts, and the package's in what it imports. So
# where the folder was moved or copied it is made anew: it says itself where it was made.
anew_if_elsewhere = $(shell case "$$(grep -s '^command = ' $1/pyvenv.cfg)" in \
	(""|*" $(CURDIR)/$1") ;; (*) echo anew;; esac)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: anew help run dev test lint lint-python lint-web test-python test-web test-e2e fuzz chromium train train-ink-finder train-digit-centres train-digit-judge fit-number-evidence evaluate experiments \
	retrain bench bench-loop bench-rows load screens import-csv export-csv export-parquet compact reprocess check models promote rollback anchor review format lock update audit licences sbom clean lint-infra build deploy deploy-retraining rollback-functions destroy verify-lambda \
	verify-parquet upload-datasets

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMPS)/serving $(PAGE) ## Start the local server (HOST, PORT, WORKERS, DATA_STORE, DOWNLOAD_TOKEN) and print its address
	@exec $(BIN)/python -m local

dev: $(STAMPS)/serving web/node_modules/.stamp ## Work on it: page and API reload by themselves (HOST, PORT, DATA_STORE)
	@exec $(BIN)/python -m local.dev

test: lint test-web test-python test-e2e ## Run everything that proves the project: linters, types, all tests

lint: lint-python lint-web lint-infra ## Check format, lint and types, and the template

lint-python: $(STAMPS)/development ## Check the Python code: format, lint, types, who imports whom, licences listed
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m infra.third_party check

lint-web: web/node_modules/.stamp ## Check the page's code: format, lint, types, who imports whom
	npm --prefix web run lint

lint-infra: $(INFRA)/.stamp ## Check the templates and the Dockerfile: SAM, cfn-lint, checkov
	@for template in $(TEMPLATES); do \
		AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 $(INFRA)/bin/sam validate --lint \
			--template $$template || exit 1; \
	done
	$(INFRA)/bin/cfn-lint --non-zero-exit-code informational $(TEMPLATES)
	$(INFRA)/bin/checkov $(TEMPLATES:%=--file %) --file infra/retraining/Dockerfile \
		--framework cloudformation dockerfile --quiet --compact --skip-download

# Tests wait half of the time, so three processes keep two cores busy.
PROCESSES ?= 3
# Four browsers keep two cores busy.
E2E_PROCESSES ?= 4
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder

# In a run of its own: Playwright's event loop would be in the way of tests that need theirs.
test-python: $(STAMPS)/development $(INFRA)/.stamp $(PAGE) chromium ## Run the Python tests but those that drive the page (ARGS: for pytest)
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) $(SIDE_BY_SIDE) --ignore tests/e2e $(ARGS)

fuzz: $(STAMPS)/development ## Run the property tests with thousands of examples each (ARGS: for pytest)
	$(BIN)/python -m pytest --hypothesis-profile fuzz --timeout 3600 \
		-k "conformance or hostile or each_fault or each_kill or faults_model" tests/layers tests/local $(ARGS)

test-web: web/node_modules/.stamp ## Run the page's unit tests (ARGS: words of file names, or --watch)
	npm --prefix web test -- $(ARGS)

test-e2e: $(STAMPS)/development $(PAGE) chromium ## Run only the tests that drive the page in Chromium (ARGS: for pytest)
	$(BIN)/python -m pytest --numprocesses $(E2E_PROCESSES) $(SIDE_BY_SIDE) $(if $(filter tests/%,$(ARGS)),,tests/e2e) $(ARGS)

build: $(INFRA)/.stamp ## Build the Lambda artefacts (PYTHON_VERSION, ARCHITECTURE)
	@$(INFRA_PYTHON) -m infra.packaging build

deploy: $(INFRA)/.stamp ## Build, deploy to AWS, try it (STACK, PARAMETERS; see docs/deploy.md)
	@$(INFRA_PYTHON) -m infra.deploy check
	@$(MAKE) --no-print-directory $(PAGE) build
	@$(INFRA_PYTHON) -m infra.deploy deploy

deploy-retraining: $(INFRA)/.stamp ## Build the image that retrains on a schedule, deploy it (see docs/retraining.md)
	@$(INFRA_PYTHON) -m infra.deploy deploy-retraining

rollback-functions: $(INFRA)/.stamp ## Put the functions' versions before back into service (STACK)
	@$(INFRA_PYTHON) -m infra.deploy rollback-functions

destroy: $(INFRA)/.stamp ## Delete the stack; it says what, and asks
	@$(INFRA_PYTHON) -m infra.deploy destroy

# Runs the tests of the artefacts for PYTHON_VERSION, if this machine has that Python.
verify-lambda: $(STAMPS)/development $(INFRA)/.stamp ## Prove the artefacts under Lambda's Python
	@LAMBDA_PYTHON=$(PYTHON_VERSION) $(BIN)/python -m infra.lambda_runtime
	@LAMBDA_PYTHON=$(PYTHON_VERSION) $(BIN)/python -m pytest tests/infra/test_artefacts.py \
		tests/infra/test_runtime.py $(ARGS)

# Java 17 or newer comes from the machine; on Debian: apt-get install openjdk-17-jre-headless.
verify-parquet: $(STAMPS)/development $(READERS)/.stamp ## Prove that PySpark and Hugging Face's datasets read the Parquet files
	@command -v java >/dev/null || { \
		echo "PySpark needs Java 17 or newer; on Debian: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	@$(BIN)/python -m pytest tests/readers $(ARGS)

train: $(STAMPS)/development ## Train the model and export it (ARGS: for training.train)
	$(BIN)/python -m training.train $(ARGS)

train-ink-finder: $(STAMPS)/development ## Train what finds the ink in photos (ARGS: for training.train_ink_finder)
	$(BIN)/python -m training.train_ink_finder $(ARGS)

train-digit-centres: $(STAMPS)/development ## Train what tells digits that touch apart (ARGS: for training.train_digit_centres)
	$(BIN)/python -m training.train_digit_centres $(ARGS)

train-digit-judge: $(STAMPS)/development ## Train what tells whole digits in a number (ARGS: for training.train_digit_judge)
	$(BIN)/python -m training.train_digit_judge $(ARGS)

fit-number-evidence: $(STAMPS)/development ## Fit what makes some digits a number (ARGS: for training.fit_number_evidence)
	$(BIN)/python -m training.fit_number_evidence $(ARGS)

evaluate: $(STAMPS)/development ## Measure the model on held-out data (ARGS: for training.evaluate)
	$(BIN)/python -m training.evaluate $(ARGS)

experiments: $(STAMPS)/development ## Compare architectures in one table (ARGS: for training.experiments)
	$(BIN)/python -m training.experiments $(ARGS)

upload-datasets: $(STAMPS)/development ## Put MNIST and the pen strokes beside the feedback, for retraining there (DATA_STORE)
	@$(BIN)/python -m training.datasets.stored

retrain: $(STAMPS)/development ## Learn from the feedback of DATA_STORE; promote what is better (ARGS: see --help)
	@$(BIN)/python -m training.retrain $(ARGS)

bench: $(STAMPS)/development build ## Measure speed, memory and sizes into docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

bench-loop: $(STAMPS)/development ## Measure the learning loop: new styles, wrong labels, attacks, bad rows taken back, nights in a row, time and memory
	$(BIN)/python -m benchmarks loop_sizes loop_poison loop_attacks loop_unlearning loop_nights loop_styles

bench-rows: $(STAMPS)/development ## Measure reading very many rows, and Parquet (ROWS="100_000 1_000_000", up to 10_000_000)
	$(BIN)/python -m benchmarks many_rows

load: $(STAMPS)/development ## Load the local server, then flood it (LOAD_SECONDS of each case, 60)
	$(BIN)/python -m benchmarks load

import-csv: $(STAMPS)/serving ## Take a user_pixel_data.csv from elsewhere, once (FILE, SKIP_BAD=1, DATA_STORE)
	@test -n "$(FILE)" || { echo "Which file? For example: make import-csv FILE=user_pixel_data.csv" >&2; exit 2; }
	@$(BIN)/python -m digit_recognizer import-csv $(if $(SKIP_BAD),--skip-bad) -- "$(FILE)"

export-csv: $(STAMPS)/serving ## Write all feedback to a file (FILE=user_pixel_data.csv, DATA_STORE)
	@$(BIN)/python -m digit_recognizer export-csv $(if $(FILE),"$(FILE)")

export-parquet: $(STAMPS)/development ## Write all feedback as Parquet, pictures included (FOLDER=user_pixel_data.parquet, DATA_STORE)
	@$(BIN)/python -m training.export_parquet $(if $(FOLDER),"$(FOLDER)")

compact: $(STAMPS)/serving ## Take rows that arrived one by one into the CSV's segments (DATA_STORE)
	@$(BIN)/python -m digit_recognizer compact

reprocess: $(STAMPS)/serving ## Make the pixels of old rows anew, with today's normalise (DATA_STORE)
	@$(BIN)/python -m digit_recognizer reprocess

check: $(STAMPS)/serving ## Read the whole store and say what is broken (REPAIR=1 makes a new manifest; DATA_STORE)
	@$(BIN)/python -m digit_recognizer check $(if $(REPAIR),--repair)

models: $(STAMPS)/serving ## List the versions of the model, and which is in service (DATA_STORE)
	@$(BIN)/python -m digit_recognizer models

# What was given to make is in the environment: so quotes in a reason do no harm.
promote: $(STAMPS)/serving ## Put a version of the model into service (VERSION, REASON, DATA_STORE)
	@test -n "$$VERSION" || { echo "Which version? make models lists them; then: make promote VERSION=…" >&2; exit 2; }
	@$(BIN)/python -m digit_recognizer promote --reason "$$REASON" -- "$$VERSION"

rollback: $(STAMPS)/serving ## Put the version back into service that was there before (REASON, DATA_STORE)
	@$(BIN)/python -m digit_recognizer rollback --reason "$$REASON"

anchor: $(STAMPS)/serving ## Let retrainings begin from a version of the model (VERSION, REASON, DATA_STORE)
	@test -n "$$VERSION" || { echo "Which version? make models lists them; then: make anchor VERSION=…" >&2; exit 2; }
	@$(BIN)/python -m digit_recognizer anchor --reason "$$REASON" -- "$$VERSION"

review: $(STAMPS)/serving ## Show the drawings that wait for a person; ACCEPT or REJECT some (DATA_STORE)
	@$(BIN)/python -m digit_recognizer review --reason "$$REASON" --sheet build/review.html \
		$(if $(ACCEPT),--accept "$$ACCEPT") $(if $(REJECT),--reject "$$REJECT")

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

# In the page, the newest of the same major version; what is newer is only listed.
update: $(STAMPS)/development web/node_modules/.stamp ## Take the newest of all dependencies; then `make test`
	@$(MAKE) --no-print-directory lock ARGS=--upgrade
	npm --prefix web install --no-audit --no-fund $$(node -p 'const page = require("./web/package.json"); \
		Object.entries({...page.dependencies, ...page.devDependencies}).map((each) => each.join("@^")).join(" ")')
	npm --prefix web update --no-audit --no-fund
	@$(MAKE) --no-print-directory licences
	npm --prefix web outdated || true

# --strict: a package that the service does not know is a failure, not a line that nobody reads.
audit: $(STAMPS)/development web/node_modules/.stamp ## Look the pins up among known vulnerabilities (asks PyPI and npm)
	@failed=; for part in $(PARTS); do \
		echo "$$part/requirements.txt"; \
		$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
			--requirement $$part/requirements.txt || failed="$$failed $$part"; \
	done; \
	echo "web/package-lock.json"; npm --prefix web audit --audit-level=high || failed="$$failed web"; \
	test -z "$$failed" || { \
		echo "Not clean, or not audited because the advisory service does not answer:$$failed" >&2; exit 1; }

licences: $(STAMPS)/development $(INFRA)/.stamp $(READERS)/.stamp web/node_modules/.stamp ## List all packages and their licences in THIRD_PARTY.md
	@$(BIN)/python -m infra.third_party write

sbom: $(STAMPS)/development build ## Write the bill of materials of what is deployed (CycloneDX, below build/)
	@$(BIN)/python -m infra.packaging.bill_of_materials build/bill-of-materials.cdx.json

clean: ## Remove all that was built or installed here; your data stays
	rm -rf $(VENV) $(INFRA) $(READERS) web/node_modules web/dist build .aws-sam .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis layers/model/*.egg-info
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# Asked only where the answer is needed: a second `make run` starts no Node.
CHECK_PYTHON := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=python3.12 …" >&2; exit 1; }
CHECK_NODE := node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' \
	2>/dev/null && command -v npm >/dev/null || { \
	echo "Node.js 20.19 or newer with npm is needed to build the page: https://nodejs.org" >&2; exit 1; }

anew:
	@echo "This folder was moved or copied:"

$(BIN)/python: $(call anew_if_elsewhere,$(VENV))
	@$(CHECK_PYTHON)
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/serving: $(SERVING:%=%/requirements.txt) layers/model/pyproject.toml \
		$(call anew_if_elsewhere,$(VENV)) | $(BIN)/python
	@echo "Installing what serving needs …"
	@$(PIP) --require-hashes $(SERVING:%=--requirement %/requirements.txt)
	@$(PIP) --no-deps --editable layers/model
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/development: $(STAMPS)/serving training/requirements.txt tests/requirements.txt
	@echo "Installing what training and tests need …"
	@awk '$(UV_PIN)' tests/requirements.txt > $(STAMPS)/uv.txt
	@$(PIP) --require-hashes --requirement $(STAMPS)/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes \
		--requirement training/requirements.txt --requirement tests/requirements.txt
	@touch $@

$(INFRA)/.stamp: infra/requirements.txt $(call anew_if_elsewhere,$(INFRA))
	@$(CHECK_PYTHON)
	@echo "Installing what building and deploying needs …"
	@$(PYTHON) -m venv --clear $(INFRA)
	@awk '$(UV_PIN)' $< > $(INFRA)/uv.txt
	@$(INFRA_PYTHON) -m pip --disable-pip-version-check -qq install --require-hashes \
		--requirement $(INFRA)/uv.txt
	@$(INFRA)/bin/uv pip install --quiet --python $(INFRA_PYTHON) --require-hashes --requirement $<
	@touch $@

$(READERS)/.stamp: tests/readers/requirements.txt $(STAMPS)/development $(call anew_if_elsewhere,$(READERS))
	@echo "Installing what reads Parquet, too …"
	@$(PYTHON) -m venv --clear $(READERS)
	@$(BIN)/uv pip install --quiet --python $(READERS)/bin/python --require-hashes --requirement $<
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
# Debian's headless shell is the same browser without a window's frame: a page costs a quarter.
chromium: $(STAMPS)/development
	@command -v chromium-headless-shell || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ apt-get update -qq && apt-get install -qq --yes chromium-headless-shell; } 2>/dev/null; } || \
	command -v chromium || command -v chromium-browser || command -v google-chrome || \
		$(BIN)/playwright install chromium
