# `make` alone prints what can be done here. A fresh Debian or Ubuntu needs only:
#   apt-get install -y make python3 python3-venv

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
# The first of these that is there and new enough makes the virtual environment.
PYTHONS := python3 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach p,$(PYTHONS),$(shell $(p) -c "$(NEW_ENOUGH)" 2>/dev/null && echo $(p))))

# Debian's packages that no wheel brings: WeasyPrint draws with the first three, the walks use the browser.
DRAWING := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
BROWSER := chromium

PORT ?= 8000
INBOX_PORT ?= 8025
WORKERS ?= 2

.PHONY: help setup browser demo demo-reset manage test check format messages requirements \
	bench-mail bench-pages bench-dashboard prove-mail prove-ballots prove-access prove-api test-stack

help: ## Print what can be done here
	@echo "The portal of the European Financial Coalition. What can be done here:"; echo
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)$$/\1\t\2/p' $(MAKEFILE_LIST) | \
		while IFS=$$'\t' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done
	@echo; echo "The times are for two cores. The first command that needs it runs \`make setup\` by itself."

# ── set up ───────────────────────────────────────────────────────────────

setup: $(VENV)/.installed $(VENV)/.drawing ## Bring all libraries into .venv (15 s the first time, then nothing)
	@:

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is missing: apt-get install -y python3 python3-venv"; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) …"
	@$(PYTHON) -m venv $(VENV)

$(UV): requirements-uv.txt | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/.installed: requirements-dev.txt $(UV)
	@echo "Installing the locked libraries …"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-dev.txt
	@# The project's own modules are found by every program of the environment, pytest's plugins included.
	@echo "$(CURDIR)" > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/efc.pth"
	@touch $@

$(VENV)/.drawing: Makefile | $(PY)
	@$(call debian,$(DRAWING),PDF documents cannot be drawn)
	@touch $@

$(VENV)/.browser: Makefile | $(PY)
	@command -v chromium chromium-browser google-chrome >/dev/null || { $(call debian,$(BROWSER),The walks in the browser are skipped); }
	@touch $@

browser: $(VENV)/.browser
	@:

# $(call debian,PACKAGES,WHAT IS MISSING OTHERWISE): install what is not there as root, else say it in one line.
define debian
missing=""; for package in $(1); do \
	dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; done; \
if [ -z "$$missing" ]; then :; \
elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	echo "Installing$$missing …"; \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null 2>$(VENV)/apt.log || \
	{ tail -n 3 $(VENV)/apt.log; echo "$(2) until these are installed:$$missing"; }; \
else echo "$(2) until somebody runs: sudo apt-get install -y$$missing"; fi
endef

# ── the demo ─────────────────────────────────────────────────────────────

demo: setup ## Run the whole portal on this machine (30 s the first time, then 8 s); Ctrl-C stops it
	@$(PY) -m efc.embedded.demo start --port $(PORT) --inbox-port $(INBOX_PORT) $(ARGS)

demo-reset: setup ## Remove the demo's data, so that it begins again (1 s)
	@$(PY) -m efc.embedded.demo reset

manage: setup ## Run a management command on the running demo: make manage DO="shell"
	@$(PY) -m efc.embedded.demo manage $(DO)

# ── tests and checks ─────────────────────────────────────────────────────

test: setup browser ## Run all tests on services of their own (8 min); ARGS="tests/efc -k mail" runs some
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: setup ## Check style, templates, import contracts, migrations and settings (20 s)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/djade --check $$(git ls-files 'templates/*.html')
	$(VENV)/bin/djlint --quiet --lint templates
	$(VENV)/bin/lint-imports
	@# The example of a production environment is what the settings are checked with.
	set -a && . ./.env.example && set +a && EFC_READ_DOTENV=false $(PY) -W ignore manage.py makemigrations --check --dry-run
	set -a && . ./.env.example && set +a && EFC_READ_DOTENV=false $(PY) manage.py check --deploy --fail-level WARNING

format: setup ## Put Python and templates into the house's form (2 s)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-$(VENV)/bin/djade $$(git ls-files 'templates/*.html')

messages: setup ## Gather the texts to translate and compile the translations (10 s; needs gettext)
	$(PY) -W ignore manage.py makemessages -l fr -l de -l nl --no-location --no-wrap -i .venv -i .run -i "tests/*"
	$(PY) -W ignore manage.py compilemessages -i .venv

requirements: $(UV) ## Compile the locks from requirements.in and requirements-dev.in (20 s)
	@for name in requirements requirements-dev requirements-uv; do \
		echo "Compiling $$name.txt …"; \
		UV_CUSTOM_COMPILE_COMMAND="make requirements" $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			$(ARGS) $$name.in -o $$name.txt || exit 1; done

# ── figures and proofs ───────────────────────────────────────────────────

bench-mail: setup ## Measure a mailing to 10,000 subscribers beside what a sender could reach (4 min)
	@$(PY) -m tests.bench.mail $(ARGS)

prove-mail: setup ## Show that a mailing survives kills, flushes and restarts (4 min)
	@$(PY) -m tests.bench.prove_mail $(ARGS)

prove-ballots: setup ## Show that 200 votes and decisions at once are neither lost nor doubled (5 min)
	@$(PY) -m tests.bench.prove_ballots $(ARGS)

prove-access: setup ## Show that every door, secret and policy holds, by person and method (10 min); ARGS="--only ballot" opens some
	@$(PY) -m tests.bench.prove_access $(ARGS)

prove-api: setup ## Show that the API keeps the word of its schema, as three persons (3 min)
	@$(PY) -m tests.bench.prove_api $(ARGS)

bench-pages: setup ## Measure the public pages beside a bare view on the same server (4 min)
	@$(PY) -m tests.bench.pages $(ARGS)

bench-dashboard: setup ## Measure the overview of the Steering Group at two sizes, and a progress report (2 min)
	@$(PY) -m tests.bench.dashboard $(ARGS)

test-stack: setup ## Bring the containers of production up healthy, as root on Debian (3 min)
	@$(PY) -m tests.stack.up $(ARGS)
