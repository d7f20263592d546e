"""The documentation describes everything there is: each page of a list is held against the code."""

from __future__ import annotations

import ast
import json
import logging
import re
from dataclasses import MISSING, fields

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.dispatch import Signal
from django.test import Client

from oauthcore import signals
from oauthcore.conf import Settings
from oauthcore.flows.upkeep import readiness
from oauthcore.logging import JSONFormatter
from oauthcore.models import Application, SecurityEvent
from oauthcore.rules.oauth.scopes import ScopeWords
from oauthcore.urls import urlpatterns
from oauthcore.urls.deviantart import urlpatterns as deviantart_urlpatterns
from oauthcore.urls.health import urlpatterns as health_urlpatterns
from oauthcore.urls.mastodon import urlpatterns as mastodon_urlpatterns
from reference_site.photos.urls import urlpatterns as photo_urlpatterns
from tests.support.documentation import ENVIRONMENT, errors_in_code
from tests.support.factories import bearer
from tests.support.markdown import EVERYTHING, PAGES, ROOT, code_blocks, first_cells, rows, section

pytestmark = pytest.mark.sqlite_only("it reads files of the project")


def test_every_setting_is_described_with_its_default():
    described = {row[0].strip("`"): row[1] for row in rows(PAGES["settings.md"], "`OAUTHCORE`")}

    assert set(described) == {one.name for one in fields(Settings)}
    for one in fields(Settings):
        default = one.default_factory() if one.default is MISSING else one.default  # type: ignore[misc]
        shown = re.sub(r"`([^`]*)`.*", r"\1", described[one.name])
        assert ast.literal_eval(shown) == default, one.name


def test_every_member_of_a_scope_is_described():
    members = first_cells(PAGES["settings.md"], "The members of a scope")

    assert members == {one.name for one in fields(ScopeWords)}


def test_everything_the_reference_site_reads_from_the_environment_is_described():
    assert first_cells(PAGES["settings.md"], "The reference site") == ENVIRONMENT


def test_every_error_code_is_described_with_its_status():
    described = {(row[0].strip("`"), int(row[1])) for row in rows(PAGES["errors.md"])}
    at_the_authorize_page = {code for code, status in described if status == 302}

    actual = {(code, 302 if code in at_the_authorize_page else status) for code, status in errors_in_code()}

    # The one code that the authorize page, devices and protected views have.
    assert actual | {("access_denied", 400), ("access_denied", 403)} == described


def test_every_field_of_a_line_of_the_log_is_described():
    error = (ValueError, ValueError("broken"), None)
    record = logging.LogRecord("oauthcore", logging.ERROR, __file__, 1, "broken", None, error)

    line = json.loads(JSONFormatter().format(record))

    assert first_cells(PAGES["observability.md"], "The log") == set(line)
    (example,) = code_blocks(PAGES["observability.md"], "json")
    assert set(json.loads(example)) == set(line) - {"traceback"}


def test_every_signal_is_described():
    actual = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert first_cells(PAGES["signals.md"]) == actual


def test_every_system_check_is_described():
    checks = "".join(path.read_text() for path in (ROOT / "oauthcore" / "checks").glob("*.py"))
    actual = set(re.findall(r"oauthcore\.[EW]\d{3}", checks))

    assert first_cells(PAGES["checks.md"]) == actual
    for page, text in EVERYTHING.items():
        assert set(re.findall(r"oauthcore\.[EW]\d+", text)) <= actual, page


def test_every_kind_and_member_of_a_security_event_is_described():
    kinds, members = [row[0] for row in rows(PAGES["security-events.md"])], PAGES["security-events.md"]

    assert {one.strip("`") for one in kinds[: len(SecurityEvent.Kind)]} == set(SecurityEvent.Kind.values)
    for one in SecurityEvent._meta.fields:
        assert f"`{one.name}`" in members or one.name in ("id", "kind")


ROUTES = {
    path.strip("`"): (methods, name.strip("`"))
    for methods, path, name, *_ in rows(PAGES["endpoints.md"].partition("\n## ")[0])
}


def test_every_route_is_described_with_its_name():
    assert {path: name for path, (_, name) in ROUTES.items()} == {
        f"/{one.pattern}": one.name for one in urlpatterns
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ROUTES)
def test_a_route_answers_the_methods_that_are_described(path, settings):
    client = Client(headers={"authorization": f"Bearer {bearer()}"})
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")

    address = re.sub(r"<oauthcore_number:\w+>", "1", path)
    if "<oauthcore_issuer_path:" in address:
        settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "https://testserver/auth"}
        address = re.sub(r"<oauthcore_issuer_path:\w+>", "auth", address)
    allowed = [one for one in methods if client.generic(one, address).status_code != 405]

    assert ", ".join(allowed) == ROUTES[path][0]


def test_every_route_of_mastodons_dialect_is_described_with_its_name():
    described = {
        row[1].strip("`"): row[2].strip("`") for row in rows(PAGES["endpoints.md"], "Mastodon's dialect")
    }
    named = {f"/{one.pattern}": one.name for one in mastodon_urlpatterns if one.name}

    assert described == named
    assert {f"/{one.pattern}" for one in mastodon_urlpatterns} - set(named) == {
        f"{path}/" for path in named if path.endswith("/instance")
    }


def test_every_route_of_deviantarts_dialect_is_described_with_its_name():
    described = {
        row[1].strip("`"): row[2].strip("`") for row in rows(PAGES["endpoints.md"], "DeviantArt's dialect")
    }
    actual = {f"/{one.pattern}": one.name for one in deviantart_urlpatterns}

    assert described == actual
    assert {row[1].strip("`") for row in rows(PAGES["deviantart.md"], "Mounting it")} == set(actual)


def test_every_route_for_operators_is_described_with_its_name():
    described = {row[1].strip("`"): row[2].strip("`") for row in rows(PAGES["endpoints.md"], "Health")}

    assert described == {f"/{one.pattern}": one.name for one in health_urlpatterns}


def test_every_check_of_readiness_is_described():
    assert first_cells(PAGES["running.md"], "Health") == set(readiness.Look().states)


def test_every_route_of_the_photo_library_is_described():
    section = PAGES["endpoints.md"].partition("## The reference site")[2]

    assert set(re.findall(r"`(/v1/[^`]*)`", section)) == {
        "/" + re.sub(r"<\w+:", "<", str(one.pattern)) for one in photo_urlpatterns
    }


OURS = {name: app for name, app in get_commands().items() if str(app).startswith(("oauthcore", "reference_"))}


def test_every_command_is_described():
    overview = PAGES["commands.md"].partition("\n## ")[0]

    assert first_cells(overview) == set(OURS)


@pytest.mark.parametrize("command", OURS)
def test_every_argument_of_a_command_is_described(command):
    inherited = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
    parser = load_command_class(str(OURS[command]), command).create_parser("manage.py", command)
    own = {(one.option_strings or [one.dest])[0] for one in parser._actions if one.dest not in inherited}

    described = first_cells(PAGES["commands.md"], f"`{command}`")
    assert {one for one in described if " " not in one} == own  # what has spaces is no argument


def test_every_template_is_described():
    folder = ROOT / "oauthcore" / "templates"
    actual = {one.relative_to(folder).as_posix() for one in folder.rglob("*.html")}

    assert set(re.findall(r"`(oauthcore/[\w/]+\.html)`", PAGES["pages.md"])) == actual


def test_every_field_of_an_application_is_described():
    described = first_cells(PAGES["applications.md"], "The fields of an application")
    kept = section(PAGES["applications.md"], "The fields of an application").partition("oauthcore keeps")[2]
    fields_ = {one.name for one in Application._meta.concrete_fields if not one.primary_key}

    assert described | {name for name in fields_ if f"`{name}`" in kept} == fields_
