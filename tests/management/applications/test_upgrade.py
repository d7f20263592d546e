"""``upgrade_application``: shows the dry run, and upgrades when told to, and only then."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauthcore.models import Application, LegacyUse, SecurityEvent
from oauthcore.recording import legacy_use
from tests.support.factories import register
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
Habit = LegacyUse.Habit


@pytest.fixture
def application(clock: Any) -> Application:
    return register(profile="oauth2.0").application


def note(application: Application, habit: Habit = Habit.NO_PKCE) -> None:
    legacy_use.note(application, habit, example="https://client.example/cb")
    legacy_use.batch.flush()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("upgrade_application", *arguments, stdout=out)
    return out.getvalue()


def fails(*arguments: str) -> tuple[str, str]:
    """Return what was printed and what was said of the failure, whose exit status is 1."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("upgrade_application", *arguments, stdout=out)
    assert caught.value.returncode == 1
    return out.getvalue(), str(caught.value)


def is_legacy(application: Application) -> bool:
    application.refresh_from_db()
    return application.is_legacy


def test_by_itself_it_shows_the_dry_run_and_changes_nothing(application):
    note(application)

    printed = run(application.client_id)

    assert "In the last 30 days OAuth 2.1 would have refused:" in printed
    assert "1 x Asked for a code without PKCE" in printed
    assert "last at 2030-06-15 12:00 UTC: https://client.example/cb" in printed
    assert "Send code_challenge" in printed
    assert "Every request for a code needs PKCE with S256." in printed
    assert is_legacy(application)


def test_an_application_is_found_by_its_number_too(application):
    assert "did nothing that OAuth 2.1 refuses" in run(str(application.pk))


def test_a_clean_application_is_upgraded_when_told_to(application):
    printed = run(application.client_id, "--upgrade")

    assert not is_legacy(application)
    assert f"{application.client_id} lives under OAuth 2.1 now." in printed
    assert SecurityEvent.objects.get().kind == SecurityEvent.Kind.APPLICATION_UPGRADED


def test_one_that_is_not_clean_is_left_alone_with_the_report_and_how_to_go_on(application):
    note(application)

    printed, said = fails(application.client_id, "--upgrade")

    assert "Asked for a code without PKCE" in printed
    assert "--anyway" in said
    assert is_legacy(application)


def test_one_that_is_not_clean_is_upgraded_anyway_when_told_to(application):
    note(application)

    printed = run(application.client_id, "--upgrade", "--anyway")

    assert "Asked for a code without PKCE" in printed
    assert not is_legacy(application)


def test_what_has_to_be_registered_first_cannot_be_passed_over():
    application = register(profile="oauth2.0", redirect_uris=[OUT_OF_BAND]).application

    printed, said = fails(application.client_id, "--upgrade", "--anyway")

    assert "FIRST: Its only redirect URI" in printed
    assert "Register an address of your own first" in said
    assert is_legacy(application)


def test_an_application_of_oauth_2_1_is_left_as_it_is():
    application = register().application

    for arguments in ([], ["--upgrade"], ["--upgrade", "--anyway"]):
        assert "there is nothing to do" in run(application.client_id, *arguments)
    assert not SecurityEvent.objects.exists()


def test_programs_get_the_report_as_one_json_object(application):
    note(application)

    report = json.loads(run(application.client_id, "--json"))

    finding = report["findings"][0]
    assert finding.pop("remedy").startswith("Send code_challenge")
    assert isinstance(finding.pop("request_id"), str)
    assert report == {
        "client_id": application.client_id,
        "profile": "oauth2.0",
        "days": 30,
        "is_clean": False,
        "findings": [
            {
                "habit": "no_pkce",
                "count": 1,
                "days": 1,
                "last_at": "2030-06-15T12:00:00+00:00",
                "example": "https://client.example/cb",
            }
        ],
        "changes": ["Every request for a code needs PKCE with S256."],
        "blockers": [],
    }


def test_programs_read_the_new_profile_after_the_upgrade(application):
    assert json.loads(run(application.client_id, "--upgrade", "--json"))["profile"] == "oauth2.1"


def test_programs_get_the_report_of_a_failure_too(application):
    note(application)

    printed, _ = fails(application.client_id, "--upgrade", "--json")

    assert json.loads(printed)["is_clean"] is False


def test_every_legacy_application_is_listed_in_two_queries(application):
    others = [register(profile="oauth2.0", name=f"Old {number}\x1b[2J").application for number in range(3)]
    register(name="New")
    note(application, Habit.IMPLICIT)

    with statements() as sent:
        lines = run("--all").splitlines()

    assert len(sent) == 2
    assert lines == [
        f"{application.client_id}  Photo Printer: implicit 1",
        *(f"{one.client_id}  Old {number}?[2J: clean" for number, one in enumerate(others)),
    ]


def test_programs_get_the_list_as_json(application):
    note(application)

    [row] = json.loads(run("--all", "--json"))

    assert row == {
        "id": application.pk,
        "client_id": application.client_id,
        "name": "Photo Printer",
        "counts": {"no_pkce": 1},
        "last_at": "2030-06-15T12:00:00+00:00",
    }


def test_a_site_without_legacy_applications_is_told_so():
    assert run("--all") == "There is no legacy application.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name one application, or give --all."),
        (["c1", "--all"], "Name one application, or give --all."),
        (["nobody"], "There is no application nobody."),
        (["999999"], "There is no application 999999."),
        (["--all", "--upgrade"], "one by one"),
        (["c1", "--anyway"], "--anyway goes with --upgrade."),
    ],
)
def test_what_makes_no_sense_is_said(arguments, said):
    assert said in fails(*arguments)[1]
