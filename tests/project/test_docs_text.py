"""What the documentation says in passing: names that exist, links that lead somewhere."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from django.conf import global_settings
from django.core.management import get_commands
from oauth2_provider.settings import DEFAULTS

from oauthcore.conf import Settings
from tests.support.containers.variables import VARIABLES
from tests.support.documentation import ENVIRONMENT, OF_OTHER_PACKAGES
from tests.support.dotted_names import CHECK, DOTTED, labels, permissions, resolve
from tests.support.markdown import EVERYTHING, PAGES, ROOT, anchors, links, section

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

every_page = pytest.mark.parametrize("page", EVERYTHING)
#: Names in capitals that are settings of databases, members of a request, or the test run's own.
OTHER_NAMES = {
    "ASGI_APPLICATION",
    *("ATOMIC_REQUESTS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS"),
    "REMOTE_ADDR",
    "SCRIPT_NAME",
    *("EMAIL_FIELD", "USERNAME_FIELD"),  # of a user model
}
OTHER_NAMES |= {"CORS_ALLOW_CREDENTIALS", "FORWARDED_ALLOW_IPS"}
OTHER_NAMES |= {"OAUTHCORE_CHROMIUM", "OAUTHCORE_TEST_DATABASE_URL", "OAUTHCORE_TEST_REDIS_URL"}
OTHER_NAMES |= {"OAUTH2_PROVIDER", "OAUTH2_PROVIDER_APPLICATION_MODEL", *DEFAULTS}
OTHER_NAMES |= {"SSL_CERT_FILE", "PROMETHEUS_MULTIPROC_DIR"}
OTHER_NAMES |= VARIABLES
OTHER_NAMES |= {"PROOF_FAILPOINT", "PROOF_MUTANT"}  # of the rig (proof/settings.py)
OTHER_NAMES |= {"OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST"}
# Of a database, inside DATABASES.
OTHER_NAMES |= {"DISABLE_SERVER_SIDE_CURSORS"}


@every_page
def test_modules_classes_and_functions_that_a_page_speaks_of_exist(page):
    found = set(DOTTED.findall(EVERYTHING[page]))

    for name in found - permissions() - labels() - {one for one in found if CHECK.fullmatch(one)}:
        resolve(name)


@every_page
def test_tests_that_a_page_names_exist(page):
    for path, name in re.findall(r"`(tests/[\w/.]+?)(?:::(\w+))?`", EVERYTHING[page]):
        assert (ROOT / path).exists(), path
        assert not name or re.search(
            rf"^ *(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE
        ), name


def test_each_promise_names_the_tests_that_prove_it():
    promises = re.split(r"(?m)^### \d+\. .*$", section(PAGES["security.md"], "What is promised"))[1:]

    assert len(promises) == 14
    assert all(re.search(r"`tests/[\w/]+/test_\w+\.py(?:::\w+)?`", promise) for promise in promises)


@every_page
def test_settings_that_a_page_speaks_of_exist(page):
    known = {one.name for one in fields(Settings)} | set(dir(global_settings)) | ENVIRONMENT
    known |= OF_OTHER_PACKAGES | OTHER_NAMES

    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`", EVERYTHING[page]))
    named |= set(re.findall(r'OAUTHCORE\["(\w+)"\]', EVERYTHING[page]))

    assert named - known == set()


@every_page
def test_properties_of_the_theme_that_a_page_speaks_of_exist(page):
    theme = (ROOT / "oauthcore/static/oauthcore/theme.css").read_text()

    assert {
        name for name in re.findall(r"--oauthcore-[\w-]+", EVERYTHING[page]) if f"{name}:" not in theme
    } == set()


@every_page
def test_links_lead_somewhere(page):
    for target in links(EVERYTHING[page]):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page

        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text()), target


def test_the_index_leads_to_every_page():
    named = {target.partition("#")[0] for target in links(PAGES["README.md"]) if not target.startswith("../")}

    assert named == set(PAGES) - {"README.md"}


@every_page
def test_make_targets_that_a_page_speaks_of_exist(page):
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(r"(?m)(?:^ *|`)make ([a-z]+)", EVERYTHING[page]):
        assert re.search(rf"(?m)^{target}:", makefile), target


@every_page
def test_commands_that_a_page_speaks_of_exist(page):
    named = set(re.findall(r"manage\.py (\w+)", EVERYTHING[page]))

    assert named - set(get_commands()) == set()
