"""A developer sets how an application signs people in, and where logout tokens are sent."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.flows.oauth.registration import sectors
from oauthcore.models import Application
from tests.support.factories import REDIRECT_URI
from tests.support.logging_out import AFTERWARDS, TOLD_AT, switch_on
from tests.support.pages.developer import NEW, Developer, problems_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the columns are written as all others of the form"),
]

SALT = {"PAIRWISE_SALT": "a salt for tests, long enough to be one"}


@pytest.fixture
def mine(grace: Developer, settings: Any) -> Application:
    switch_on(settings)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": "", "METADATA_DOCUMENT_LOOPBACK": False}
    return grace.has(scopes=["read", "openid"])


def now(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_the_addresses_and_the_algorithm_are_saved_and_shown(grace, mine):
    sent = {
        "post_logout_redirect_uris": f"{AFTERWARDS}\r\n",
        "backchannel_logout_uri": TOLD_AT,
        "backchannel_logout_session_required": "on",
        "id_token_signed_response_alg": "ES256",
    }
    assert grace.change(mine, **sent).status_code == 303

    saved = now(mine)
    assert saved.post_logout_redirect_uris == (AFTERWARDS,)
    assert (saved.backchannel_logout_uri, saved.id_token_signed_response_alg) == (TOLD_AT, "ES256")
    assert saved.backchannel_logout_session_required
    page = grace.see(mine, "edit").content.decode()
    for shown in (AFTERWARDS, TOLD_AT, 'name="backchannel_logout_session_required" checked'):
        assert shown in page


def test_a_new_application_can_have_them_at_once(grace, mine):
    grace.register(post_logout_redirect_uris=AFTERWARDS, backchannel_logout_uri=TOLD_AT)

    made = Application.objects.latest("pk")
    assert (made.post_logout_redirect_uris, made.backchannel_logout_uri) == ((AFTERWARDS,), TOLD_AT)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("post_logout_redirect_uris", "http://client.example/out", "127.0.0.1"),
        ("post_logout_redirect_uris", "\n".join(f"{AFTERWARDS}/{n}" for n in range(21)), "at most 20"),
        ("post_logout_redirect_uris", "urn:ietf:wg:oauth:2.0:oob", "return to an address"),
        ("backchannel_logout_uri", "http://client.example/told", "https://"),
        ("backchannel_logout_uri", "http://127.0.0.1:9000/told", "https://"),
        ("id_token_signed_response_alg", "none", "values that are offered"),
    ],
)
def test_each_error_is_shown_beside_its_field(grace, mine, field, value, words):
    [said] = problems_in(grace.change(mine, **{field: value}))[field]

    assert words in said


def test_in_development_logout_tokens_may_go_to_this_machine(grace, mine, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": True}
    grace.change(mine, backchannel_logout_uri="http://127.0.0.1:9000/told")

    assert now(mine).backchannel_logout_uri == "http://127.0.0.1:9000/told"


def test_pairwise_identifiers_are_offered_if_the_site_has_a_salt(grace, mine, settings):
    assert "subject_type" not in grace.see(mine, "edit").content.decode()
    settings.OAUTHCORE = {**settings.OAUTHCORE, **SALT}
    assert "subject_type" in grace.see(mine, "edit").content.decode()

    grace.change(mine, subject_type="pairwise")
    assert now(mine).subject_type == "pairwise"


def test_a_new_address_after_a_logout_ends_the_verification(grace, mine):
    Application.objects.update(is_verified=True)
    grace.change(mine, backchannel_logout_uri=TOLD_AT)
    assert now(mine).is_verified

    grace.change(now(mine), post_logout_redirect_uris="https://elsewhere.example/out")
    assert not now(mine).is_verified


def test_the_document_of_a_sector_is_read_when_it_is_new(grace, mine, settings, monkeypatch):
    settings.OAUTHCORE = {**settings.OAUTHCORE, **SALT}
    listed: list[str] = []
    fetched: list[Any] = []

    class Document:
        content = listed

    monkeypatch.setattr(sectors, "fetch", lambda url, **_: (fetched.append(url), Document)[1])
    sent = {"subject_type": "pairwise", "sector_identifier_uri": "https://client.example/sector"}
    assert "every redirect URI" in problems_in(grace.change(mine, **sent))["sector_identifier_uri"][0]

    listed.append(REDIRECT_URI)
    assert grace.change(mine, **sent).status_code == 303
    before = len(fetched)
    grace.change(now(mine), **sent, name="Another name")
    assert len(fetched) == before
    grace.register(**sent)
    assert Application.objects.filter(subject_type="pairwise").count() == 2


def test_a_sector_that_cannot_be_read_now_is_a_problem_of_the_form(grace, mine, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, **SALT, "METADATA_DOCUMENT_LIMIT": (1, 60)}
    sent = {"subject_type": "pairwise", "sector_identifier_uri": "https://client.example/sector"}

    grace.change(mine, **sent)
    assert "Try again" in problems_in(grace.change(mine, **sent))["sector_identifier_uri"][0]


def test_while_openid_connect_is_off_the_fields_are_missing_and_values_stay(grace, mine, settings):
    grace.change(mine, backchannel_logout_uri=TOLD_AT)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    Application.objects.filter(pk=mine.pk).update(scopes=["read"], default_scopes=[])

    assert "backchannel_logout_uri" not in grace.get(NEW).content.decode()
    grace.change(now(mine), name="Another name")
    assert (now(mine).name, now(mine).backchannel_logout_uri) == ("Another name", TOLD_AT)
