"""The id token that an application sends along (``id_token_hint``)."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import SigningKey, signing
from tests.support.logging_out import AFTERWARDS, SignedIn, other_person
from tests.support.signing import ISSUER, encoded, signed_by_the_site

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the rows of logging out are tested in tests/recording"),
]

ANOTHER = "because of another login"


@pytest.mark.openid("rp_logout", "2")
def test_an_expired_id_token_names_the_application(printer):
    page = printer.ask(client_id=None, id_token_hint=printer.id_token())

    assert "Photo Printer" in page.content.decode()
    assert ANOTHER not in page.content.decode()
    assert printer.confirm(page)["Location"].startswith(AFTERWARDS)


@pytest.mark.openid("rp_logout", "2")
def test_an_id_token_of_another_application_is_refused(printer):
    other = SignedIn(printer.user, browser=printer.browser)

    assert printer.ask(id_token_hint=other.id_token()).status_code == 400


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.parametrize("changes", [{"sub": str(uuid.uuid4())}, {"sid": str(uuid.uuid4())}])
def test_the_page_says_that_an_id_token_is_of_another_session(printer, changes):
    page = printer.ask(id_token_hint=printer.id_token(**changes))

    assert ANOTHER in page.content.decode()
    assert printer.confirm(page)["Location"].startswith(AFTERWARDS)


def test_the_page_says_that_an_id_token_is_of_another_person(printer):
    token = printer.id_token()
    printer.browser.force_login(other_person())

    assert ANOTHER in printer.ask(id_token_hint=token).content.decode()


def test_an_id_token_without_a_session_names_the_person(printer):
    assert ANOTHER not in printer.ask(id_token_hint=printer.id_token(sid=None)).content.decode()


@pytest.mark.openid("backchannel_logout", "2.4")
@pytest.mark.parametrize("type_", ["logout+jwt", "at+jwt", "dpop+jwt"])
def test_a_token_of_another_type_is_refused(printer, type_):
    assert printer.ask(id_token_hint=printer.id_token(type_=type_)).status_code == 400


@pytest.mark.openid("backchannel_logout", "2.6")
def test_a_token_with_an_event_is_refused(printer):
    token = printer.id_token(events={"http://schemas.openid.net/event/backchannel-logout": {}})

    assert printer.ask(id_token_hint=token).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [{"iss": "https://elsewhere.example"}, {"aud": ["one", "two"]}, {"aud": None}, {"sub": None}, {"sub": 1}],
)
def test_an_id_token_with_other_claims_is_refused(printer, changes):
    assert printer.ask(client_id=None, id_token_hint=printer.id_token(**changes)).status_code == 400


def test_a_changed_id_token_is_refused(printer):
    header, _claims, signature = printer.id_token().split(".")
    claims = {"iss": ISSUER, "aud": printer.registered.client_id, "sub": "somebody"}

    assert printer.ask(id_token_hint=f"{header}.{encoded(claims)}.{signature}").status_code == 400


@pytest.mark.parametrize("text", ["x", "a.b.c", "..", "é" * 10, "x" * 9000])
def test_a_text_that_is_not_a_jwt_is_refused(printer, text):
    assert printer.ask(id_token_hint=text).status_code == 400


def test_an_unsigned_id_token_is_refused(printer):
    claims = {"iss": ISSUER, "aud": printer.registered.client_id, "sub": "somebody"}
    text = f"{encoded({'alg': 'none'})}.{encoded(claims)}."

    assert printer.ask(id_token_hint=text).status_code == 400


def test_an_id_token_whose_key_is_gone_counts_as_not_sent(printer):
    """Keys are rotated while an application keeps its id token; the person can still log out."""
    token = printer.id_token()
    SigningKey.objects.all().delete()
    signing.forget()

    assert printer.ask(id_token_hint=token).status_code == 200
    refused = printer.ask(client_id=None, id_token_hint=token)
    assert refused.status_code == 400
    assert "Location" not in refused


@pytest.mark.openid("backchannel_logout", "2.4")
def test_a_logout_token_is_not_an_access_token(printer):
    now = int(timezone.now().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "x", "sub": "somebody"}
    token = signed_by_the_site(claims, type_="logout+jwt")

    answer = Client().get("/v1/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
