# `make demo` shows the whole job on this machine; `make deploy` brings it to AWS. Everything else is for developers.
# Tools live in .tools, .venv and node_modules: set-up makes them and runs again only when their locks change.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Any Python from 3.11 on prepares the rest; a version manager's shim that does not run is passed over.
BOOTSTRAP_PYTHON := $(shell for python in /usr/bin/python3 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
BOOTSTRAP = $(or $(BOOTSTRAP_PYTHON),$(error no Python 3.11 or later runs on this machine: install one, for instance \
	Debian's python3)) -m scripts.bootstrap

VENV := .venv/bin
# `sam build` takes the Python 3.13 and the pip of .venv; the state machine linter takes its node.
export PATH := $(CURDIR)/$(VENV):$(PATH)
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

LOCKS := requirements/dev.txt requirements/uv.txt layers/core/requirements.txt
TOOLS := .venv/.ready
NODE := node_modules/.ready
CHECKOV := .tools/checkov/.ready
CHROMIUM := .tools/.chromium

# Whole files go to the workers, the longest first: see tests/conftest.py.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder

# What decides: a branch that no test takes there is a decision that no one has looked at.
COVERED := domain rules resources
# A run of its own: tracing makes tests half as slow again, and these few are two percent of all. Without the properties,
# because a branch should be taken by an example that someone thought of.
COVERAGE := $(VENV)/pytest --quiet $(PARALLEL) --cov --cov-report=term --ignore-glob='*_properties.py' \
	$(COVERED:%=tests/unit/%)

.PHONY: help setup demo test coverage lint format build package deploy pictures bench figures mutants docs prices lock clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(TOOLS) $(NODE) $(CHECKOV) $(CHROMIUM) ## everything that tests need, without running them

demo: $(TOOLS) ## a sweep of a simulated organization, from deployment to the summary email (APPROVE=all|none|some)
	@$(VENV)/python -m tests.simulation.demo

test: $(TOOLS) $(NODE) $(CHROMIUM) ## every test, then coverage (ARGS='-k word' for some tests)
	$(VENV)/pytest $(PARALLEL) $(ARGS)
	$(if $(ARGS),,$(COVERAGE) --cov-fail-under=100)

coverage: $(TOOLS) ## all lines and branches of domain, rules and resources: their unit tests must take each
	$(COVERAGE) --cov-fail-under=100 $(ARGS)

lint: $(TOOLS) $(CHECKOV) ## style, types, templates
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/cfn-lint template.yaml member-roles.yaml cost-role.yaml
	$(VENV)/sam validate --lint
	$(VENV)/python -m scripts.check_templates

format: $(TOOLS) ## rewrites the style
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

build: $(TOOLS) ## sam build
	$(VENV)/sam build --cached --parallel

# The whole recipe is expanded first, so without a bucket nothing is built.
package: $(TOOLS) ## the built application to a bucket, for pipelines and `sam publish` (BUCKET=name)
	$(VENV)/sam build --cached --parallel
	$(VENV)/sam package --s3-bucket $(or $(BUCKET),$(error name a bucket in the region of the stack: make package \
		BUCKET=name)) --s3-prefix endpoint-sweep --output-template-file .aws-sam/packaged.yaml

deploy: $(TOOLS) ## from parameters.toml to AWS, with this shell's credentials (SET="Mode=approve" changes it, YES=1 asks nothing)
	@PYTHONPATH=layers/core $(VENV)/python -m scripts.deploy

pictures: $(TOOLS) $(CHROMIUM) ## the README's pictures, from the running demo
	$(VENV)/python -m tests.simulation.demo.pictures

bench: build ## API calls, seconds and memory of a scan, alongside a reference; writes docs/performance.md (ARGS=20x4x20, ARGS=calls)
	$(VENV)/python -m tests.bench $(ARGS)

figures: $(TOOLS) ## thousands of sweeps in which things go wrong by chance; writes the table of docs/safety.md (ARGS=200)
	@$(VENV)/python -m tests.faults $(ARGS)

mutants: $(TOOLS) ## changes the rules one by one, a unit test must notice each (ARGS='rules.snoozes' for some modules)
	@$(VENV)/python -m tests.mutants $(ARGS)

docs: $(TOOLS) ## writes the pages, the policy and the example that are made from the templates
	@PYTHONPATH=layers/core $(VENV)/python -m scripts.configuration
	@PYTHONPATH=layers/core $(VENV)/python -m scripts.report_schema
	@$(VENV)/python -m scripts.readonly_policy
	@$(VENV)/python -m scripts.permissions
	@$(VENV)/python -m scripts.running_cost

prices: $(TOOLS) ## the price table from the Price List's offer file (FILE=index.json)
	@PYTHONPATH=layers/core $(VENV)/python -m scripts.prices $(FILE)

lock: $(TOOLS) ## resolves requirements again (ARGS=--upgrade for newer versions)
	@$(BOOTSTRAP) lock $(ARGS)

clean: ## what builds, runs and tests leave behind
	rm -rf .aws-sam .demo build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find functions layers scripts tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## the tools as well
	rm -rf .tools .venv node_modules

$(TOOLS): $(LOCKS) pyproject.toml scripts/bootstrap.py scripts/machine.py
	@$(BOOTSTRAP) tools
	@touch $@

$(NODE): package.json package-lock.json | $(TOOLS)
	@$(BOOTSTRAP) node
	@touch $@

# Only `make lint` wants it, so it is no part of the tools.
$(CHECKOV): requirements/checkov.txt | $(TOOLS)
	@$(BOOTSTRAP) checkov
	@touch $@

# No browser is wanted for the demo, so it is no part of the tools.
$(CHROMIUM): | $(TOOLS)
	@$(BOOTSTRAP) chromium
	@touch $@
