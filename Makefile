# make demo        the reference site on port 8000, and a shop beside it      (PORT=9000 for other ports, HOST=localhost for passkeys)
# make test        the whole test suite, on SQLite and on PostgreSQL, a little of it on MariaDB, and a short proof
# make test-mariadb what a database may do in its own way, on MariaDB
# make matrix      the suite on SQLite with other Pythons and Djangos, without the browser   (PYTHON=3.13 DJANGO=6.1)
# make test-newest the newest of both, with the tests that a release of Django can break
# make docs        the documentation as a site, which the demo serves at /docs/   (DOCS=folder for another place)
# make lint        style, templates, types, migrations
# make format      let the formatter have its way
# make lock        work out requirements/*.txt afresh                      (make lock UPGRADE=1 for newer releases)
# make conformance docs/conformance.md afresh, from the marks of the tests
# make messages    the translations afresh: new texts into the .po files, and the .mo files from them
# make dist        the wheel, the sdist and the bill of materials, in dist/
# make audit       known vulnerabilities in what the locks name; it asks a service on the network
# make production  the steps of the production example's Containerfile, without a daemon (minutes)
# make benchmark   the hot paths beside those of other packages
# make proof       races, interrupted requests, faults and mutants, on several processes, within an hour    (SEED=7)
# make cluster     servers lost one after the other: two nodes, PostgreSQL and a replica, PgBouncer, Valkey with Sentinels
# make growth      whether anything gets slower on tables of up to ten million tokens (25 minutes; SIZES=10000,100000)
# make cleaning    a million expired rows removed, beside the cleartokens of django-oauth-toolkit    (ROWS=100000)
# make soak        mixed traffic for an hour: memory, tables, times              (MINUTES=60, or HOURS=8)
# make attack      Schemathesis against every endpoint, WSGI and ASGI, longer than make test    (EXAMPLES=50 SEED=7)
# make fuzz        the state machine and the readers, from another beginning each time    (MINUTES=60 SEED=7)
# make clean       remove what these left behind

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test test-mariadb test-newest matrix docs lint lint-types lint-style format lock conformance messages dist audit production benchmark growth cleaning soak proof cluster attack fuzz clean

# What is compiled once serves every process of the tests, and the runs after it.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
# Only what stands behind make counts: some shells have a HOST of their own, the name of the machine.
NEXT_PORT := $(shell expr $(PORT) + 1)
DEMO_HOST := $(if $(findstring command line,$(origin HOST)),$(HOST),127.0.0.1)
RUN := .venv/bin
NOT_RUN := .venv/not-run

# On MariaDB, where the machine has one, what a database can change: what waits for a lock or is done again after a
# deadlock, what may happen once only, constraints, statements and columns, and what the clean-up takes.
ON_MARIADB := $(addprefix tests/,faults/test_stuck_database.py flows/upkeep \
	$(addprefix models/test_,constraints.py fields.py mysql.py statements.py uuids.py) \
	$(addprefix races/test_,bursts.py client_assertions.py codes.py device_codes.py refresh_tokens.py retries.py \
		service_tokens.py sign_in_limits.py))

TEMPLATES := $(wildcard templates oauthcore/templates reference_site)

# The first Python that is new enough and really runs (a name on the PATH may be a stub).
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FOUND := $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
PYTHON ?= $(FOUND)
# make matrix is given a version to try, such as 3.13, and not a program.
SET_UP_WITH = $(if $(filter 3.%,$(PYTHON)),$(FOUND),$(PYTHON))

# $(call set-up,NAME LARGER…): bring .venv to what requirements/NAME.txt locks. A copy of the lock inside .venv says
# what was installed last, so that a second time costs nothing and a changed lock is noticed. The LARGER locks hold
# the same releases and more, so one of them will do as well.
define set-up
	@test -n "$(SET_UP_WITH)" || { echo 'No Python 3.11 or newer was found; name one: make $@ PYTHON=/path/to/python3'; exit 1; }
	@test -x $(RUN)/python || $(SET_UP_WITH) -m venv .venv || { rm -rf .venv; \
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

# Two runs, a short one on MariaDB, one with the newest Django, and the smallest profile of the proof. What is left out
# on this machine is gathered in a file and named at the very end, whatever failed.
test: export OAUTHCORE_TEST_NOT_RUN := $(NOT_RUN)
test:
	$(call set-up,test benchmarks)
	@rm -f $(NOT_RUN) .coverage; status=0; \
	$(RUN)/python -m pytest --numprocesses=auto --cov --cov-report= || status=1; \
	$(RUN)/python -m pytest --numprocesses=auto --engine=postgres -m 'not browser' || status=1; \
	$(RUN)/python -m pytest --numprocesses=auto --engine=mariadb $(ON_MARIADB) || status=1; \
	$(RUN)/python -m tests.support.versions --newest || status=1; \
	$(RUN)/python -m proof --profile gate || status=1; \
	$(RUN)/coverage report --include='oauthcore/rules/*,oauthcore/flows/*' --fail-under=100 || status=1; \
	if test -s $(NOT_RUN); then cat $(NOT_RUN); fi; \
	exit $$status

test-mariadb:
	$(call set-up,test benchmarks)
	$(RUN)/python -m pytest --numprocesses=auto --engine=mariadb -m 'not browser'

# Other versions of Python and Django, each combination in an environment of its own: all of them, or those that are
# named. The locks are for the site's Django, so the newest releases that a Django allows are installed. Then the
# import from the last release 2 of django-oauth-toolkit, whose tables its own migrations make, on each database.
CHOSEN = $(addprefix --python ,$(patsubst python%,%,$(if $(findstring command line,$(origin PYTHON)),$(PYTHON)))) $(addprefix --django ,$(DJANGO))
matrix:
	$(call set-up,test benchmarks)
	@status=0; \
	$(RUN)/python -m tests.support.versions $(CHOSEN) || status=1; \
	$(RUN)/python -m tests.support.versions $(CHOSEN) --with django-oauth-toolkit==2.4.0 || status=1; \
	exit $$status

# The newest Python and Django that are supported, with the tests that a release of Django can break.
test-newest:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.versions --newest

DOCS ?= build/docs
docs:
	$(call set-up,test benchmarks)
	@$(RUN)/python -m docs_site $(DOCS)

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
	--generate-hashes --universal $(if $(UPGRADE),--upgrade)
lock:
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer was found.'; exit 1; }
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && \
		.venv-lock/bin/pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'; }
	$(COMPILE) --python-version 3.11 requirements/site.in --output-file requirements/site.txt
	$(COMPILE) --python-version 3.11 requirements/test.in --constraints requirements/site.txt --output-file requirements/test.txt
	$(COMPILE) --python-version 3.11 requirements/benchmarks.in --constraints requirements/test.txt --output-file requirements/benchmarks.txt
	$(COMPILE) --python-version 3.12 requirements/newest.in --output-file requirements/newest.txt

conformance:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.conformance

messages:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.translations

# The wheel is built from the sdist, so that both are proven. The bill of materials lists what a site installs with
# every extra: the releases are read from an environment that has nothing else.
DIST := .venv-dist
EXTRAS := $(shell sed -n "/optional-dependencies/,/^$$/s/^\([a-z]*\) = .*/\1/p" pyproject.toml | paste -s -d ,)
dist:
	$(call set-up,test benchmarks)
	rm -rf dist $(DIST)
	$(RUN)/python -m build --no-isolation --outdir dist
	$(PYTHON) -m venv $(DIST)
	$(DIST)/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[$(EXTRAS)]"
	$(DIST)/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check pip setuptools
	$(RUN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/bill-of-materials.cdx.json $(DIST)/bin/python

# --strict: what could not be looked up is a failure too.
audit:
	$(call set-up,test benchmarks)
	$(RUN)/pip-audit --strict --require-hashes --disable-pip -r requirements/test.txt

production:
	$(call set-up,test benchmarks)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(RUN)/python -m tests.support.containers.steps "$$folder"

benchmark:
	$(call set-up,benchmarks)
	$(RUN)/python -m benchmarks

SIZES ?= 10000,100000,1000000,10000000
growth:
	$(call set-up,benchmarks)
	$(RUN)/python -m benchmarks.growth --check --sizes $(SIZES)

ROWS ?= 1000000
cleaning:
	$(call set-up,test benchmarks)
	$(RUN)/python -m benchmarks.cleanup --check --rows $(ROWS)

HOURS ?= 1
SOAK := $(if $(findstring command line,$(origin MINUTES)),$(MINUTES),$(shell expr $(HOURS) '*' 60))
soak:
	$(call set-up,test benchmarks)
	$(RUN)/python -m benchmarks.soak --check --minutes $(SOAK)

SEED ?= 1
PROFILE ?= night
proof:
	$(call set-up,test benchmarks)
	$(RUN)/python -m proof --profile $(PROFILE) --seed $(SEED)

CLUSTER ?= long
cluster:
	$(call set-up,test benchmarks)
	$(RUN)/python -m proof.cluster --profile $(CLUSTER) --seed $(SEED)

EXAMPLES ?= 50
attack:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.attack --examples $(EXAMPLES) --seed $(SEED)
	$(RUN)/python -m tests.support.attack --examples $(EXAMPLES) --seed $(SEED) --asgi

# Other examples each time, unless SEED is named here: the one of a round that found something.
MINUTES ?= 5
fuzz:
	$(call set-up,test benchmarks)
	$(RUN)/python -m tests.support.fuzzing --minutes $(MINUTES) $(if $(findstring command line,$(origin SEED)),--seed $(SEED))

clean:
	rm -rf build/docs .venv .venv-lock .venv-dist .venv-django-* dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .lumen_prints db.sqlite3* media staticfiles
