"""What the doctor prints, how it ends, and what it never shows."""

from __future__ import annotations

import re
from typing import NoReturn

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from oauthcore.flows.doctor import (
    answers,
    applications,
    clocks,
    diagnosis,
    network_findings,
    surroundings,
    system_checks,
    tables,
    unused,
)
from oauthcore.flows.doctor.findings import MOST_COUNTED, Kind, Level
from oauthcore.flows.doctor.site import Answer, NotReached
from oauthcore.models import SecurityEvent
from tests.support.doctor.planting import ask, ids, told
from tests.support.factories import bearer, register, service_token
from tests.support.markdown import PAGES, anchors, rows

MODULES = (applications, clocks, diagnosis, network_findings, surroundings, system_checks, tables, unused)
KINDS = {
    id(value): value for module in MODULES for value in vars(module).values() if isinstance(value, Kind)
}.values()
CHECKS = set(re.findall(r"oauthcore\.[EW]\d{3}", PAGES["checks.md"]))


@pytest.mark.sqlite_only("it reads files of the project")
def test_each_finding_links_to_a_page_and_a_heading_that_exist():
    for link in {one.docs for one in KINDS} | {system_checks.docs_of(one) for one in CHECKS}:
        page, _, heading = link.removeprefix("docs/").partition("#")
        assert heading in anchors(PAGES[page]), link
    assert {f"oauthcore.{one}" for one in system_checks._SECTIONS} <= CHECKS


@pytest.mark.sqlite_only("it reads files of the project")
def test_each_finding_is_described():
    described = [row[0].strip("`") for row in rows(PAGES["doctor.md"], "What it finds")]

    assert sorted(described) == sorted({one.id.removeprefix("oauthcore.") for one in KINDS})


def _status(*arguments):
    try:
        call_command("oauthcore_doctor", "--skip-site", "--deploy", *arguments)
    except SystemExit as end:
        return end.code
    return 0


@pytest.mark.sqlite_only("no row decides this")
def test_the_exit_status_says_whether_something_is_as_bad_as_the_fail_level(site, capsys):
    assert [_status(), _status("--fail-level=INFO")] == [0, 0]

    site.settings.CSRF_COOKIE_SECURE = False
    assert [_status(), _status("--fail-level=WARNING")] == [0, 1]

    site.settings.DEBUG = True
    assert [_status(), _status("--fail-level=CRITICAL")] == [1, 0]


@pytest.mark.sqlite_only("no row decides this")
def test_a_developers_machine_is_not_asked_what_matters_in_production(site, capsys):
    site.settings.DEBUG, site.settings.SESSION_COOKIE_SECURE = True, False

    call_command("oauthcore_doctor")

    page = capsys.readouterr().out
    assert "not what matters in production only (--deploy)" in page
    assert "Nothing is wrong" in page


@pytest.mark.sqlite_only("no row decides this")
@pytest.mark.parametrize(("issuer", "findings"), [("https", {"D030"}), ("http", {"D030", "E012"})])
def test_a_site_that_is_not_reached_is_asked_in_this_process_and_the_page_says_so(site, issuer, findings):
    site.oauthcore(ISSUER=f"{issuer}://localhost:1")

    assert "Site: not reached. Django answered in this process" in ask()
    assert ids() == findings


@pytest.mark.sqlite_only("no row decides this")
def test_a_site_that_stops_to_answer_is_a_finding(site, monkeypatch):
    def stops(answer: Answer) -> NoReturn:
        raise NotReached("the answer takes too long")

    monkeypatch.setattr(answers, "_json", stops)

    [found] = told()["findings"]
    assert found["id"] == "oauthcore.D030"
    assert "the answer takes too long" in found["what"]


@pytest.mark.sqlite_only("no row decides this")
def test_a_question_that_fails_is_a_finding_and_the_others_are_asked(site, monkeypatch):
    def broken(_):
        raise RuntimeError("a secret of the settings")

    monkeypatch.setattr(surroundings, "ask", broken)
    site.settings.SECRET_KEY = "short"

    found = told("--skip-site")["findings"]
    assert {one["id"] for one in found} == {"oauthcore.D002", "oauthcore.D003", "oauthcore.D011"}
    assert "a secret" not in str(found)


@pytest.mark.sqlite_only("the engine is not asked at all")
def test_a_database_that_does_not_answer_is_a_finding(site, monkeypatch):
    def away(*_, **__):
        raise OperationalError("connection to 10.0.0.9 refused, password=hunter2")

    monkeypatch.setattr(tables, "missing_migrations", away)

    found = told("--skip-site")["findings"]
    assert [one["id"] for one in found] == ["oauthcore.D004"]
    assert "hunter2" not in str(found)


SECRETS = {
    "SECOND_FACTOR_KEYS": ["seeds-are-encrypted-with-this-key-0123456789"],
    "PAIRWISE_SALT": "subjects-are-made-from-this-salt-0123456789",
    "LIMITER_URL": "redis://:password-of-the-store@127.0.0.1:1/0",
}


@pytest.mark.sqlite_only("no row decides this")
def test_no_secret_is_shown(site):
    site.oauthcore(**SECRETS, JWT_ACCESS_TOKENS=True)
    site.settings.SECRET_KEY = "django-insecure-this-key-signs-sessions"
    secrets = [bearer(), service_token(None), register().client_secret]

    page = ask() + ask("--json")

    assert "D051" in page
    assert "D011" in page
    for secret in [*secrets, "this-key-signs", "this-key-0123", "this-salt", "password-of-the-store"]:
        assert secret not in page


@pytest.mark.sqlite_only("it is about what is printed")
def test_a_count_is_cut_and_names_cannot_command_a_terminal():
    kind = Kind("oauthcore.D999", Level.INFO, "Things.", "", "", "docs/doctor.md#what-it-asks")
    found = kind.found(count=MOST_COUNTED + 1, named=["a\x1b[31m", *"bcdefg"])

    assert (found.counted, found.is_cut) == (MOST_COUNTED, True)
    assert found.named == ("a?[31m", "b", "c", "d", "e")


def test_it_changes_no_row_and_leaves_two_refusals_at_most(site):
    ask()

    assert SecurityEvent.objects.exclude(kind=SecurityEvent.Kind.REQUEST_REFUSED).count() == 0
    assert SecurityEvent.objects.count() <= 2


def test_the_clock_of_the_database_is_compared(site, clock):
    clock.shift(3600)

    differs = "oauthcore.D050" in {one["id"] for one in told("--skip-site")["findings"]}
    assert differs is (connection.vendor != "sqlite")


def test_the_number_of_statements_does_not_grow_with_the_rows(site, django_assert_max_num_queries):
    for _ in range(12):
        site.application(days=100)
        service_token(None)

    with django_assert_max_num_queries(40):
        list(tables.ask(diagnosis.Circumstances(_now())))
        list(applications.ask(diagnosis.Circumstances(_now())))
        list(unused.ask(diagnosis.Circumstances(_now())))


def _now():
    return timezone.now()
