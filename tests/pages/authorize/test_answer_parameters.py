"""Parameters of answers in a redirect URI's query: refused at registration, replaced at use."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.exceptions import ValidationError

from oauthcore.models import Application
from tests.support.dialects.mastodon import register as register_itself
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import OAuthClient
from tests.support.pages.legacy import TOKEN, at_browser_of, fragment_of, register_implicit

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirect URIs are compared and built in Python"),
]

NAMES = ["state", "code", "iss", "error", "error_description", "access_token"]
EVERY = "&".join(f"{name}=evil" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_none_of_them_can_be_registered(name: str) -> None:
    uri = f"{REDIRECT_URI}?tenant=7&{name}=evil"

    with pytest.raises(ValidationError) as refused:
        register(redirect_uris=[uri])
    told = register_itself(redirect_uris=uri)

    assert set(refused.value.message_dict) == {"redirect_uris"}
    assert (told.status_code, set(told.json()["error_details"])) == (422, {"redirect_uris"})
    assert "evil" not in told.content.decode()
    assert not Application.objects.exists()


@pytest.mark.parametrize("changes", [{}, {"scope": "nonsense"}], ids=["a code", "an error"])
def test_those_that_are_there_are_replaced_by_the_answers_own(
    printer: OAuthClient, changes: dict[str, Any]
) -> None:
    uri = f"{REDIRECT_URI}?{EVERY}&tenant=7"
    Application.objects.update(redirect_uris=[uri])

    asked = {"redirect_uri": uri, **changes}
    answered = printer.authorize(**asked) if changes else printer.decide(**asked)

    told = parse_qsl(urlsplit(answered["Location"]).query)
    assert len(told) == len(dict(told))
    assert "evil" not in dict(told).values()
    assert (dict(told)["tenant"], dict(told)["state"]) == ("7", "a state")
    if not changes:
        assert printer.redeem(dict(told)["code"], redirect_uri=uri).status_code == 200


def test_they_are_left_out_of_the_query_where_the_answer_is_in_the_fragment(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit())
    Application.objects.update(redirect_uris=[uri := f"{REDIRECT_URI}?{EVERY}&tenant=7"])

    answered = old.decide(**TOKEN, redirect_uri=uri)

    assert fragment_of(answered)["access_token"] != "evil"
    assert urlsplit(answered["Location"]).query == "tenant=7"
