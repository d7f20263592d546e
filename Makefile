# make demo        the reference site on port 8000, and a shop beside it      (PORT=9000 for other ports, HOST=localhost for passkeys)
# make test        the whole test suite, on SQLite and on PostgreSQL, and a little of it on MariaDB
# make test-mariadb what a database may do in its own way, on MariaDB
# make test-django the suite on SQLite with another Django, without the browser (PYTHON=python3.13 DJANGO=6.1)
# make lint        style, templates, types, migrations
# make format      let the formatter have its way
# make lock        work out requirements/*.txt afresh                      (make lock UPGRADE=1 for newer releases)
# make conformance docs/conformance.md afresh, from the marks of the tests
# make benchmark   the hot paths beside django-oauth-toolkit's
# make clean       remove what these left behind

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test test-mariadb test-django lint lint-types lint-style format lock conformance benchmark clean

# What is compiled once serves every process of the tests, and the runs after it.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
# Only what stands behind make counts: some shells have a HOST of their own, the name of the machine.
NEXT_PORT := $(shell expr $(PORT) + 1)
DEMO_HOST := $(if $(findstring command line,$(origin HOST)),$(HOST),127.0.0.1)
RUN := .venv/bin
NOT_RUN := .venv/not-run

# On MariaDB, where the machine has one: what waits for a lock, and what is done again after a deadlock.
ON_MARIADB := $(addprefix tests/,faults/test_stuck_database.py races/test_bursts.py races/test_device_codes.py \
	races/test_client_assertions.py races/test_retries.py)

TEMPLATES := $(wildcard templates oauthcore/templates reference_site)

# The first Python that is new enough and really runs (a name on the PATH may be a stub).
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)

# $(call set-up,NAME LARGER…): bring .venv to what requirements/NAME.txt locks. A copy of the lock inside .venv says
# what was installed last, so that a second time costs nothing and a changed lock is noticed. The LARGER locks hold
# the same releases and more, so one of them will do as well.
define set-up
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer was found; name one: make $@ PYTHON=/path/to/python3'; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo 'The virtual environment could not be made; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@for lock in $(1); do cmp -s requirements/$$lock.txt .venv/installed.txt && exit 0; done; \
		echo 'Installing requirements/$(firstword $(1)).txt into .venv (a minute or two, once)…'; \
		rm -f .venv/installed.txt; \
		$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
			-r requirements/$(firstword $(1)).txt && \
		cp requirements/$(firstword $(1)).txt .venv/installed.txt
endef

help:
	@sed -n 's/^# make/make/p' Makefile

demo: export DEBUG := 1
demo: export OAUTHCORE_ISSUER := http://$(DEMO_HOST):$(PORT)
demo: export LUMEN_PRINTS_URL := http://$(DEMO_HOST):$(NEXT_PORT)
demo:
	$(call set-up,site test benchmarks)
	@for port in $(PORT) $(NEXT_PORT); do \
		$(RUN)/python -c "import socket; socket.create_server(('127.0.0.1', $$port), reuse_port=False).close()" 2>/dev/null || \
		{ echo "Something listens on port $$port already; choose another one: make demo PORT=9000"; exit 1; }; done
	@$(RUN)/python manage.py migrate --verbosity 0
	@$(RUN)/python manage.py migrate --verbosity 0 --settings reference_site.lumen_prints.settings
	@$(RUN)/python manage.py demo_data
	@$(RUN)/python -m reference_site.demo.servers $(PORT)

# Two runs, and a short one on MariaDB. What is left out on this machine is gathered in a file and named at the very
# end, whatever failed.
test: export OAUTHCORE_TEST_NOT_RUN := $(NOT_RUN)
test:
	$(call set-up,test benchmarks)
	@rm -f $(NOT_RUN) .coverage; status=0; \
	$(RUN)/python -m pytest --numprocesses=auto --cov --cov-report= || status=1; \
	$(RUN)/python -m pytest --numprocesses=auto --engine=postgres -m 'not browser' || status=1; \
	$(RUN)/python -m pytest --numprocesses=auto --engine=mariadb $(ON_MARIADB) || status=1; \
	$(RUN)/coverage report --include='oauthcore/rules/*,oauthcore/flows/*' --fail-under=100 || status=1; \
	if test -s $(NOT_RUN); then cat $(NOT_RUN); fi; \
	exit $$status

test-mariadb:
	$(call set-up,test benchmarks)
	$(RUN)/python -m pytest --numprocesses=auto --engine=mariadb -m 'not browser'

# The newest releases that a Django allows, in an environment of its own; the locks are for the site's Django.
DJANGO ?= 6.1
OTHER := .venv-django-$(DJANGO)
test-django:
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer was found.'; exit 1; }
	@test -x $(OTHER)/bin/python || $(PYTHON) -m venv $(OTHER)
	$(OTHER)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/test.in
	$(OTHER)/bin/python -m pip install --quiet --disable-pip-version-check 'django==$(DJANGO).*'
	$(OTHER)/bin/python -m pytest --numprocesses=auto -m 'not browser'

lint:
	$(call set-up,test benchmarks)
	@$(MAKE) --no-print-directory --jobs=2 --keep-going lint-types lint-style

lint-types:
	$(RUN)/mypy

lint-style:
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/djlint --lint --quiet $(TEMPLATES)
	DJANGO_SETTINGS_MODULE=tests.settings $(RUN)/python manage.py makemigrations --check --dry-run

format:
	$(call set-up,test benchmarks)
	$(RUN)/ruff check --fix-only .
	$(RUN)/ruff format .

# uv lives in a folder of its own: it is needed for nothing else. Lock files name no address, so that they say the
# same wherever packages come from.
COMPILE := .venv-lock/bin/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	--generate-hashes --universal --python-version 3.11 $(if $(UPGRADE),--upgrade)
lock:
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer was found.'; exit 1; }
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && \
		.venv-lock/bin/pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'; }
	$(COMPILE) requirements/site.in --output-file requirements/site.txt
	$(COMPILE) requirements/test.in --constraints requirements/site.txt --output-file requirements/test.txt
	$(COMPILE) requirements/benchmarks.in --constraints requirements/test.txt --output-file requirements/benchmarks.txt

conformance:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.conformance

benchmark:
	$(call set-up,benchmarks)
	$(RUN)/python -m benchmarks

clean:
	rm -rf .venv .venv-lock .venv-django-* .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .lumen_prints db.sqlite3* media staticfiles
