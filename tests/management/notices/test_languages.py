"""Mails are in the language of whoever reads them, where the site knows it, and never in somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from reference_site.accounts.backend import MembershipBackend
from tests.support.factories import UserFactory
from tests.support.notices import sent

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the language comes from the account backend"),
]


class Polyglot(MembershipBackend):
    """Knows the language of each person by their last name."""

    def language_of(self, user: Any) -> str:
        return str(user.last_name)


@pytest.fixture
def polyglot(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": f"{__name__}.Polyglot"}


def happened_to(language: str) -> None:
    user = UserFactory(username="ada", email="ada@example.org", last_name=language)
    events.record(SecurityEvent.Kind.SECOND_FACTOR_OFF, user=user)


@pytest.mark.usefixtures("polyglot", "clock")
@pytest.mark.parametrize(
    ("language", "spoken"),
    [("de", "de"), ("ar", "ar"), ("ja", "ja"), ("de-AT", "de"), ("", "en"), ("xx", "en"), ("../de", "en")],
)
def test_a_person_is_written_to_in_their_language(language: str, spoken: str) -> None:
    happened_to(language)

    [mail] = sent()

    assert mail.extra_headers["Content-Language"] == spoken
    with translation.override(spoken):
        assert mail.subject == translation.gettext("%(site)s: the security of your account") % {
            "site": "Lumen"
        }
        assert translation.gettext("Two-step verification was switched off") in mail.body


@pytest.mark.usefixtures("clock")
def test_where_the_site_knows_no_language_its_own_is_spoken_whatever_the_request_was_in(
    settings: Any,
) -> None:
    happened_to("de")

    with translation.override("ar"):
        [mail] = sent()

    assert mail.extra_headers["Content-Language"] == "en"
    assert mail.body.startswith("Hello ")
