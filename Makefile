# Everything a person types here. `make` alone says what there is.

PYTHON ?= python3
IN_VENV := .venv/bin/python

# make test BROWSER=no      leaves the journeys in the browser out
# make test ARGS="-k feed"  passes more to pytest
BROWSER ?= yes
ARGS ?=
with_browser = $(filter-out no,$(BROWSER))
# A file of tests stays in one process; each process has its own databases and browser.
workers = -n logical --maxprocesses 4 --dist loadfile

# Fails in one line when there is no Python to start with.
environment = command -v $(PYTHON) >/dev/null \
	|| { echo "Python 3.11 or later is needed: apt install python3 python3-venv" >&2; exit 1; }; \
	$(PYTHON) tools/environment.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench interop translations pictures clients format clean runtime dev

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: runtime ## starts the demo office on 127.0.0.1:5000, or PORT=5001 make run; Ctrl-C stops it
	@exec $(IN_VENV) -m tools.run

test: ## runs every test, in a real browser and on both databases too; BROWSER=no leaves the browser out
	@$(environment) --dev $(if $(with_browser),--browser)
	@exec $(IN_VENV) -m pytest $(workers) --ignore=tests/interop $(if $(with_browser),,--no-browser) $(ARGS)

check: dev ## looks at format, lint, types, layers, templates, translations and migrations
	@exec $(IN_VENV) -m tools.check

bench: dev ## measures speed and size, as ratios, into a table
	@exec $(IN_VENV) -m bench $(ARGS)

interop: dev ## tries what needs other people's programs (tests/interop, where there is any)
	@if [ -d tests/interop ]; then exec $(IN_VENV) -m pytest tests/interop $(ARGS); \
	else echo "There are no tests against other people's programs yet."; fi

translations: dev ## brings the Swedish catalog up to date with the texts in code and templates
	@exec $(IN_VENV) -m tools.translations update

pictures: ## takes the pictures of README.md anew, from the demo in Chromium
	@$(environment) --dev --browser
	@exec $(IN_VENV) -m tools.pictures

clients: ## takes those of docs/calendars.md anew: a week in the browser, Thunderbird and Evolution
	@$(environment) --dev --browser
	@exec $(IN_VENV) -m tools.client_pictures

format: dev ## formats the code
	@$(IN_VENV) -m ruff check --quiet --fix --exit-zero . && exec $(IN_VENV) -m ruff format .

clean: ## removes caches and .venv/; instance/, with the database, stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@$(environment)

dev:
	@$(environment) --dev
