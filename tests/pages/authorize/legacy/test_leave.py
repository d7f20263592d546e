"""Each old way works for the one application that was given leave, and for nobody else.

Wire §2 points 1 to 3 and 7.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from oauthcore.models import Application, LegacySwitch, LegacyUse, Profile, Token
from oauthcore.recording.writing import BATCHES
from tests.support.factories import register, register_public
from tests.support.oauth import OAuthClient
from tests.support.pages.legacy import IMPLICIT, OUT_OF_BAND, WAYS, at_browser_of, register_legacy
from tests.support.pages.refusals import assert_refused, assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("switches of an application are compared in Python"),
]

_CASES = [pytest.param(changes, leave, id=name) for name, (changes, leave) in WAYS.items()]


def assert_turned_away(response: Any) -> None:
    """The application is told in the query, or the person on a page; nothing was opened or issued."""
    if "Location" in response:
        assert "#" not in response["Location"]
        error = "unauthorized_client" if "unauthorized_client" in response["Location"] else "invalid_request"
        assert_refused(response, error)
    else:
        assert_shown_on_a_page(response)
    assert not Token.objects.exists()


@pytest.mark.parametrize(("changes", "leave"), _CASES)
def test_a_legacy_application_with_leave_is_let_through(
    printer: OAuthClient, changes: dict[str, Any], leave: dict[str, Any]
) -> None:
    old = at_browser_of(printer, register_legacy(**leave))

    assert old.authorize(**changes).status_code == 200
    assert old.decide(**changes).status_code in (200, 302)


@pytest.mark.parametrize(("changes", "leave"), _CASES)
def test_a_legacy_application_with_every_other_leave_is_not(
    printer: OAuthClient, changes: dict[str, Any], leave: dict[str, Any]
) -> None:
    values: dict[str, Any] = {
        "legacy_switches": list(LegacySwitch),
        "redirect_uris": ["https://client.example/cb", OUT_OF_BAND],
        "grant_types": ["authorization_code", "refresh_token", IMPLICIT],
    }
    for name, given in leave.items():
        values[name] = [one for one in values[name] if one not in given or one == "https://client.example/cb"]
        values[name] += [one for one in given if name == "grant_types" and one != IMPLICIT]
    old = at_browser_of(printer, register_legacy(**values))

    assert_turned_away(old.authorize(**changes))


@pytest.mark.parametrize(("changes", "leave"), _CASES)
@pytest.mark.parametrize("make", [register, register_public])
@pytest.mark.parametrize("is_trusted", [False, True])
def test_an_application_of_today_is_not(
    printer: OAuthClient, changes: dict[str, Any], leave: dict[str, Any], make: Any, is_trusted: bool
) -> None:
    today = at_browser_of(printer, make(is_trusted=is_trusted))

    assert_turned_away(today.authorize(**changes))


@pytest.mark.parametrize(("changes", "leave"), _CASES)
def test_not_even_where_somebody_wrote_sql(
    printer: OAuthClient, changes: dict[str, Any], leave: dict[str, Any]
) -> None:
    old = at_browser_of(printer, register_legacy(**leave))
    Application.objects.update(profile=Profile.OAUTH_2_1, legacy_switches=[])

    assert_turned_away(old.authorize(**changes))


@pytest.mark.parametrize("switch", LegacySwitch)
def test_the_database_itself_keeps_switches_from_an_application_of_today(
    printer: OAuthClient, switch: LegacySwitch
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(legacy_switches=[switch])

    register_legacy(switch)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(profile=Profile.OAUTH_2_0).update(profile=Profile.OAUTH_2_1)


@pytest.mark.parametrize(("changes", "leave"), _CASES)
def test_a_page_that_was_shown_before_the_upgrade_cannot_be_answered_after_it(
    printer: OAuthClient, changes: dict[str, Any], leave: dict[str, Any]
) -> None:
    old = at_browser_of(printer, register_legacy(**leave))
    transaction_text = old.authorize(**changes).context["transaction"]
    Application.objects.update(profile=Profile.OAUTH_2_1, legacy_switches=[])

    assert_turned_away(old.decide(transaction=transaction_text, **changes))


@pytest.mark.parametrize(
    ("of", "asked"), [("no PKCE", "plain PKCE"), ("implicit", "no PKCE"), ("a path below", "no PKCE")]
)
def test_a_page_is_answered_for_the_way_it_was_shown_for(printer: OAuthClient, of: str, asked: str) -> None:
    old = at_browser_of(
        printer,
        register_legacy(LegacySwitch.OPTIONAL_PKCE, LegacySwitch.PATH_PREFIX, **WAYS["implicit"][1]),
    )
    transaction_text = old.authorize(**WAYS[of][0]).context["transaction"]

    assert_shown_on_a_page(old.decide(transaction=transaction_text, **WAYS[asked][0]))


@pytest.mark.parametrize(
    ("name", "habit"),
    [
        ("no PKCE", "no_pkce"),
        ("plain PKCE", "plain_pkce"),
        ("implicit", "implicit"),
        ("a path below", "path_prefix"),
        ("out of band", "out_of_band"),
    ],
)
def test_what_an_upgrade_would_end_is_counted_when_it_is_answered_and_not_when_it_is_asked(
    printer: OAuthClient, name: str, habit: str
) -> None:
    changes, leave = WAYS[name]
    old = at_browser_of(printer, register_legacy(**leave))

    def counted() -> list[str]:
        for batch in BATCHES:
            batch.flush()
        return list(LegacyUse.objects.order_by("pk").values_list("habit", flat=True))

    old.authorize(**changes)
    old.decide("deny", **changes)
    assert counted() == []

    old.decide(**changes)
    assert counted() == [habit]


def test_what_an_application_of_today_does_is_no_habit(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_legacy(LegacySwitch.OPTIONAL_PKCE, LegacySwitch.PATH_PREFIX))
    for one in (printer, old):
        one.tokens()
    for batch in BATCHES:
        batch.flush()

    assert not LegacyUse.objects.exists()
