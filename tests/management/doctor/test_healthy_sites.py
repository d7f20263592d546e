"""Sites that are set up in another way, and that the doctor finds nothing wrong with; and their opposites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from django.utils import timezone

from oauthcore import limiter
from oauthcore.flows.doctor import answers, applications
from oauthcore.flows.doctor import site as asking
from oauthcore.models import GrantType, LegacySwitch, LegacyUse, Profile
from tests.support.doctor.faulty_server import QuietHandler
from tests.support.doctor.planting import ask, ids

pytestmark = pytest.mark.sqlite_only("settings, servers and clocks decide this")


def _django(**values):
    return lambda site: [setattr(site.settings, name, value) for name, value in values.items()]


@pytest.mark.usefixtures("without_checks")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_django(STATIC_URL="https://static.example/"), id="static files elsewhere"),
        pytest.param(_django(LOGIN_URL="https://login.example/"), id="a login elsewhere"),
        pytest.param(_django(MEDIA_ROOT=""), id="no uploads"),
        pytest.param(lambda site: site.settings.OAUTHCORE.pop("JSON_PATHS"), id="no JSON paths"),
        pytest.param(lambda site: site.oauthcore(CORS_ALLOWED_ORIGINS=[]), id="no pages of others"),
        pytest.param(
            lambda site: site.oauthcore(CORS_ALLOWED_ORIGINS=["https://app.example"]), id="one other origin"
        ),
        pytest.param(
            lambda site: site.faults.answers.update({"/login": ("200 OK", "text/html", b"Hi", {})}),
            id="a login page without a form",
        ),
        pytest.param(lambda site: site.faults.of_answers.update(Date="now"), id="no date"),
    ],
)
def test_a_site_that_is_set_up_in_another_way_gets_a_clean_page(site, change):
    change(site)

    assert "Nothing is wrong" in ask()


def test_folders_of_uploads_that_do_not_exist_yet_are_made_by_django(site):
    site.settings.MEDIA_ROOT = str(site.folder / "new" / "media")

    assert ids("--skip-site") == set()


def test_the_headers_of_a_missing_middleware_are_no_finding_of_their_own(site):
    site.faults.drops_of_answers.add("Request-Id")
    site.settings.MIDDLEWARE = [one for one in site.settings.MIDDLEWARE if "RequestId" not in one]

    assert ids() == {"E009"}


def test_the_documents_of_openid_connect_are_asked_for_where_it_is_on(site):
    site.oauthcore(OPENID_CONNECT=True)
    site.faults.answers["/.well-known/openid-configuration"] = ("404 Not Found", "text/html", b"", {})

    assert "D033" in ids()


def test_a_certificate_that_ends_soon_is_a_finding(site, monkeypatch):
    monkeypatch.setattr(answers, "_CERTIFICATE_LEFT", timedelta(days=2000))

    assert ids() == {"D032"}


def test_an_answer_is_read_up_to_a_limit(site, monkeypatch):
    monkeypatch.setattr(asking, "_LARGEST", 10)

    assert "D033" in ids()


def test_a_site_without_https_is_asked_without_it(site):
    def answer(_, start_response):
        start_response("404 Not Found", [])
        return [b""]

    with make_server("127.0.0.1", 0, answer, handler_class=QuietHandler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        site.oauthcore(ISSUER=f"http://127.0.0.1:{server.server_port}")
        found = ids()
        server.shutdown()

    assert found == {"D033", "E012", "E030"}


def test_an_answer_that_takes_too_long_counts_as_none(site, monkeypatch):
    monkeypatch.setattr(asking, "_SECONDS_IN_ALL", -1.0)

    assert ids() == {"D030"}


def test_a_clock_of_the_store_that_is_late_is_a_finding(site, monkeypatch):
    monkeypatch.setattr(limiter, "clock_of", lambda url: datetime.now(UTC) - timedelta(minutes=1))

    assert ids("--skip-site") == {"D050"}


def test_notices_that_the_site_sends_to_nobody_are_not_missed(site):
    site.oauthcore(EXPIRY_NOTICES=[])

    assert ids("--skip-site") == set()


def test_a_switch_that_is_used_and_a_rotated_secret_that_is_not_used_are_no_findings(site):
    columns = {
        "profile": Profile.OAUTH_2_0,
        "legacy_switches": [LegacySwitch.QUERY_TOKEN.value],
        "grant_types": [GrantType.IMPLICIT.value],
    }
    application = site.application(days=60, **columns).application
    now = timezone.now()
    for habit in (LegacyUse.Habit.QUERY_TOKEN, LegacyUse.Habit.IMPLICIT):
        LegacyUse.objects.create(application=application, habit=habit, day=now.date(), count=1, last_at=now)
    application.client_secrets.update(last_used_at=now)
    application.rotate_secret(overlap=timedelta(days=7))
    application.client_secrets.update(last_used_at=now)

    assert ids("--skip-site") == set()


def test_only_so_many_applications_are_looked_at(site, monkeypatch):
    for _ in range(3):
        site.application(days=100)
    monkeypatch.setattr(applications, "MOST_COUNTED", 2)
    monkeypatch.setattr(applications, "_AT_ONCE", 1)

    assert [one.count for one in applications.ask(applications.Circumstances(timezone.now()))] == [2]
