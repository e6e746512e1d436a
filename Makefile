# The commands of the project. `make` lists them.

BACKEND := backend
FRONTEND := frontend
VENV := $(BACKEND)/.venv
BIN := $(VENV)/bin

# Folder with mnist.npz and other data for train and evaluate. If it is not set, they download MNIST.
DATA ?=
data_option = $(if $(DATA),--data $(abspath $(DATA)))

# Files of corrections that the page has saved, or patterns. train also trains on them. evaluate also measures them, or
# only them if DATA is not set.
CORRECTIONS ?=
corrections_option = $(if $(CORRECTIONS),--corrections $(abspath $(CORRECTIONS)))

# The first Python that TensorFlow supports and that can make a virtual environment.
fit := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3 python; do \
	"$$one" -c "$(fit)" >/dev/null 2>&1 && echo "$$one" && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run unit test check fuzz audit lighthouse states lint train evaluate bench lock clean need-python need-node need-npm browser

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## serve the page and the API at http://127.0.0.1:8000 (HOST, PORT, WEB_CONCURRENCY)
	@cd $(BACKEND) && exec .venv/bin/gunicorn

unit: need-node $(VENV)/.dev ## run the fast tests: no TensorFlow, browser or server
	@cd $(FRONTEND) && node --test --test-reporter=dot & page=$$!; \
	(cd $(BACKEND) && .venv/bin/python -m pytest tests/unit -p no:schemathesis -n auto); status=$$?; wait $$page && exit $$status

test: need-node $(VENV)/.dev browser ## run every test: Python, JavaScript, browser
	cd $(FRONTEND) && node --test
	cd $(BACKEND) && .venv/bin/python -m pytest

check: need-npm $(VENV)/.dev $(FRONTEND)/node_modules/.package-lock.json ## check style and types of Python and JavaScript
	cd $(BACKEND) && .venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/mypy
	cd $(FRONTEND) && npm run --silent check

fuzz: $(VENV)/.dev ## send COUNT damaged pictures of every format to the API
	cd $(BACKEND) && .venv/bin/python -m tests.fuzz.damage --count $(or $(COUNT),200000)

audit: $(VENV)/.dev ## look for known vulnerabilities in the dependencies (queries PyPI's advisories)
	cd $(BACKEND) && .venv/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements-dev.lock

lighthouse: need-npm $(VENV)/.dev browser ## audit the page with Lighthouse (downloaded by npm)
	cd $(BACKEND) && .venv/bin/python -m tests.browser.lighthouse

states: $(VENV)/.dev browser ## take screenshots of the page in every state
	cd $(BACKEND) && .venv/bin/python -m tests.browser.states runs/states

lint: $(VENV)/.dev ## format the code and apply automatic fixes
	cd $(BACKEND) && .venv/bin/ruff format . && .venv/bin/ruff check --fix .

train: $(VENV)/.dev ## train the networks and export them (DATA=folder, CORRECTIONS=files)
	$(BIN)/digits train $(data_option) $(corrections_option)

evaluate: $(VENV)/.dev ## measure the model (DATA=folder, CORRECTIONS=files; RELEASE=1 writes to the documents)
	$(BIN)/digits evaluate $(data_option) $(corrections_option) $(report_option)

report_option = --report $(BACKEND)/$(if $(RELEASE),docs/report --write,runs/report)

bench: $(VENV)/.dev ## measure the speed, compared with a bare endpoint (RELEASE=1 updates the documents)
	cd $(BACKEND) && .venv/bin/python -m benchmarks $(if $(RELEASE),--write)

lock: $(VENV)/.dev ## renew the lock files from pyproject.toml
	cd $(BACKEND) && $(pin) requirements.lock && $(pin) requirements-dev.lock --all-extras -c requirements.lock

pin = .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet --output-file

clean: ## remove everything that make created, except training runs
	rm -rf $(VENV) $(FRONTEND)/node_modules $(BACKEND)/*.egg-info

# --- requirements ----------------------------------------------------------------------------------------------

need-python:
	@test -x $(BIN)/python || test -n "$(PYTHON)" || { echo "Digits needs Python 3.11, 3.12 or 3.13 with its venv module \
	(on Debian: apt-get install python3 python3-venv). Found: $$(python3 --version 2>&1 || echo no python3)." >&2; exit 1; }

need-node:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || { echo "The tests of the page need \
	Node 20 or newer. Found: $$(node --version 2>/dev/null || echo no node)." >&2; exit 1; }

need-npm: need-node
	@npm --version >/dev/null 2>&1 || { echo "The type check of the page needs npm, which comes with Node; it was not \
	found." >&2; exit 1; }

install = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.run: $(BACKEND)/requirements.lock $(BACKEND)/pyproject.toml | need-python
	@test -x $(BIN)/python || { echo "Making the environment with $(PYTHON); it downloads about 400 MB once ..." && \
		$(PYTHON) -m venv $(VENV); }
	@$(install) --require-hashes --requirement $(BACKEND)/requirements.lock
	@$(install) --no-deps --no-build-isolation --editable $(BACKEND)
	@touch $@

$(VENV)/.dev: $(BACKEND)/requirements-dev.lock $(VENV)/.run
	@$(install) --require-hashes --requirement $(BACKEND)/requirements-dev.lock
	@touch $@

browser: $(VENV)/.dev
	@cd $(BACKEND) && .venv/bin/python -m tests.browser.chromium

$(FRONTEND)/node_modules/.package-lock.json: $(FRONTEND)/package-lock.json | need-npm
	cd $(FRONTEND) && npm ci --silent
