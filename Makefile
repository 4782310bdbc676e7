# SIJAFUNG: `make run` serves the site, `make test` runs the tests; nothing but Python 3.11 and
# make is needed. Paths are relative throughout, so the folder may have any name.

# The first Python that works, not the first that exists: version managers leave broken shims.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
BOOTSTRAP := @$(or $(PYTHON),python3) -I config/bootstrap.py
ARGS ?=

.PHONY: help run setup test e2e check fix bench clean
.DEFAULT_GOAL := help

help: ## Show the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## Serve the site (PORT=..., DEMO=0, DATABASE_URL=..., REDIS_URL=...)
	$(BOOTSTRAP) run
	@SIJAFUNG_FOLLOW_PARENT=1 exec $(PY) -m config.launcher run

setup: ## Make the environment .venv, with the tools for development
	$(BOOTSTRAP) dev

test: ## Run the tests in parallel (ARGS="tests/credits -k name")
	$(BOOTSTRAP) dev
	@exec $(PY) -m pytest -n auto --dist worksteal $(ARGS)

e2e: ## Run the journeys through a real browser (needs Chromium)
	$(BOOTSTRAP) dev
	@exec $(PY) -m pytest -m e2e $(ARGS)

check: ## Lint, format, types, layers, templates, migrations, translations, deployment
	$(BOOTSTRAP) dev
	@exec $(PY) -m config.checks $(ARGS)

fix: ## Repair what lint and format can repair
	$(BOOTSTRAP) dev
	@exec $(PY) -m config.checks --fix

bench: ## Measure speed and memory, into build/bench.json (ARGS=...)
	$(BOOTSTRAP) dev
	@exec $(PY) manage.py bench $(ARGS)

clean: ## Remove what was built, not the data
	@rm -rf build
