# Every command of the project; `make` alone lists them. Works on plain Debian 12 with python3-venv, make and git.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run seed test test-sqlite test-postgres test-browser web lighthouse coverage lint format types contracts check \
        bench tour translations translations-check diagrams migrations-check assets-check ci venv clean

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check --constraint constraints.txt
ARGS ?=

help: ## Show these lines.
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
	  printf '  make %-20s %s\n' "$$name" "$$text"; done

# The stamps inside .venv say what was installed; a changed pyproject.toml or constraints.txt installs again.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@touch $@

.venv/.installed-%: .venv/.made pyproject.toml constraints.txt tools/deps.py
	@echo "Installing what is needed ($*); a minute or two the first time …"
	@$(PY) tools/deps.py $(filter-out run,$*) > .venv/wanted-$*.txt
	@$(PIP) --requirement .venv/wanted-$*.txt
	@touch $@

.PRECIOUS: .venv/.installed-%

venv: .venv/.installed-run .venv/.installed-test .venv/.installed-lint ## Make .venv with everything in it.

run: .venv/.installed-run ## Serve the market on 127.0.0.1:8000; the first time with a demo market in it.
	@$(PY) tools/prepare.py
	@exec $(PY) manage.py serve $(ARGS)

seed: .venv/.installed-run ## Load the demo market unless it is there.
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py seed_demo $(ARGS)

test: .venv/.installed-run .venv/.installed-test web ## Run every test this machine can run; ARGS go to pytest.
	@$(PY) tools/run_tests.py $(ARGS)

test-sqlite: .venv/.installed-run .venv/.installed-test web ## Only the pass on SQLite.
	@$(PY) tools/run_tests.py --only sqlite $(ARGS)

test-postgres: .venv/.installed-run .venv/.installed-test ## Only the pass on PostgreSQL and Redis.
	@$(PY) tools/run_tests.py --only postgres $(ARGS)

test-browser: .venv/.installed-run .venv/.installed-test ## Only the journeys in Chromium.
	@$(PY) tools/run_tests.py --only browser $(ARGS)

# Without it the test that uses it is left out; in CI that is a failure.
web: .venv/.installed-test ## Install html-validate as tools/web pins it.
	@$(PY) tools/node.py install || echo "Going on without html-validate."

lighthouse: .venv/.installed-run .venv/.installed-test ## Scores of the main pages on a phone at 400 kbit/s; ARGS=--runs=1 for a look.
	@$(PY) tools/node.py install --all
	@$(PY) tools/lighthouse.py $(ARGS)

coverage: .venv/.installed-run .venv/.installed-test ## Tests on SQLite with branch coverage of our packages.
	@$(PY) -m coverage run -m pytest -m "not postgres and not browser" $(ARGS)
	@$(PY) -m coverage report

lint: .venv/.installed-lint ## Style of Python and templates.
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2 --check

format: .venv/.installed-lint ## Bring Python and templates into their style.
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2 || true

types: .venv/.installed-run .venv/.installed-test .venv/.installed-lint ## Types.
	@$(PY) -m mypy

contracts: .venv/.installed-run .venv/.installed-lint ## Imports point down.
	@.venv/bin/lint-imports

bench: .venv/.installed-run ## How fast, beside stock Oscar; writes docs/performance.md. ARGS=--quick for a look.
	@$(PY) bench/run.py $(ARGS)

tour: .venv/.installed-run .venv/.installed-test ## Play a market day in Chromium; writes docs/tour with every screen.
	@$(PY) tools/tour.py

check: .venv/.installed-run ## Django's own checks, as in development and as on a real server.
	@$(PY) manage.py check --fail-level WARNING
	@EMBEDDED=0 HTTPS=1 SECRET_KEY=$$(head -c 48 /dev/urandom | base64 | tr -d '\n') MARKET_URL=https://market.example \
	  ALLOWED_HOSTS=market.example DATABASE_URL=postgres://market@127.0.0.1/market \
	  BROKER_URL=redis://127.0.0.1/0 CACHE_URL=redis://127.0.0.1/1 $(PY) manage.py check --deploy --fail-level ERROR

migrations-check: .venv/.installed-run ## Every model change has its migration.
	@$(PY) manage.py makemigrations --check --dry-run

translations: .venv/.installed-run ## Gather new texts into locale/ and compile.
	@$(PY) tools/translations.py extract
	@$(PY) tools/translations.py compile

translations-check: .venv/.installed-run ## English is complete.
	@$(PY) tools/translations.py check

diagrams: .venv/.installed-run .venv/.installed-test ## Draw statuses, imports and keys into docs/architecture.md.
	@$(PY) tools/diagrams.py

assets-check: .venv/.installed-run ## Written CSS and vendored files are what their sources give.
	@$(PY) tools/build_css.py --check
	@$(PY) tools/vendor.py --check

ci: lint types contracts check migrations-check translations-check assets-check test ## All of it; with CI=1 nothing may be left out.

clean: ## Remove the virtual environment and the caches; the data in var/ stays.
	rm -rf .venv var/static .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
