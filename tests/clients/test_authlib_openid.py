"""Authlib's client for Django as a relying party. It knows only the issuer, and reads the rest from there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.http import QueryDict
from joserfc.errors import InvalidClaimError

from tests.support.clients.person import Person
from tests.support.factories import PASSWORD, REDIRECT_URI, Registered, UserFactory, register, register_public
from tests.support.signing import make_keys

LOGGED_OUT = "https://client.example/logged-out"
SCOPE = "openid profile email"


class Request(SimpleNamespace):
    """The parts of Django's request that the client reads: the session, and the query of the answer."""

    def back(self, url: str) -> Request:
        return Request(session=self.session, method="GET", GET=QueryDict(urlsplit(url).query))


@pytest.fixture
def browser() -> Request:
    return Request(session={})


@pytest.fixture
def ada(site: str) -> Any:
    make_keys()
    return UserFactory(first_name="Ada", last_name="Lindqvist", email="ada@photos.example")


@pytest.fixture
def person(ada: Any) -> Any:
    person = Person(ada.username, PASSWORD)
    yield person
    person.leave()


def application(make: Any = register, **values: Any) -> Registered:
    return make(scopes=SCOPE.split(), default_scopes=[], post_logout_redirect_uris=[LOGGED_OUT], **values)


def relying_party(site: str, registered: Registered, method: str = "client_secret_basic") -> DjangoOAuth2App:
    return OAuth().register(
        "provider",
        client_id=registered.client_id,
        client_secret=registered.client_secret,
        server_metadata_url=f"{site}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
        },
    )


def sign_in(client: DjangoOAuth2App, browser: Request, person: Person, **asked: Any) -> dict[str, Any]:
    """Send the person to the provider and back. The client then has checked the id token."""
    onward = client.authorize_redirect(browser, REDIRECT_URI, **asked)
    token: dict[str, Any] = client.authorize_access_token(browser.back(person.allow(onward["Location"])))
    return token


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
@pytest.mark.parametrize(
    ("make", "method"),
    [(register, "client_secret_basic"), (register, "client_secret_post"), (register_public, "none")],
    ids=["basic", "post", "public"],
)
def test_it_signs_a_person_in_with_each_kind_of_application_and_signature(
    site, browser, person, ada, make, method, alg
):
    registered = application(make, id_token_signed_response_alg=alg)
    client = relying_party(site, registered, method)

    token = sign_in(client, browser, person)

    claims = token["userinfo"]
    told = client.userinfo(token=token)
    assert (claims["iss"], claims["aud"]) == (site, registered.client_id)
    assert told["sub"] == claims["sub"] != str(ada.pk)
    assert (told["name"], told["email"]) == ("Ada Lindqvist", "ada@photos.example")


def test_a_refresh_gives_an_id_token_again_about_the_same_login(site, browser, person):
    client = relying_party(site, application())
    first = sign_in(client, browser, person)

    second = client.fetch_access_token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    again = client.parse_id_token(second, nonce=None)

    before = first["userinfo"]
    assert second["access_token"] != first["access_token"]
    same = ("iss", "sub", "aud", "auth_time", "amr")
    assert {name: again.get(name) for name in same} == {name: before.get(name) for name in same}
    assert again["iat"] >= before["iat"]
    assert client.userinfo(token=second)["sub"] == before["sub"]


def test_it_refuses_an_id_token_of_another_login(site, browser, person):
    client = relying_party(site, application())
    token = sign_in(client, browser, person)

    with pytest.raises(InvalidClaimError):
        client.parse_id_token(token, nonce="of another login")


def test_a_person_who_is_not_logged_in_is_not_signed_in_silently(site, browser, person):
    client = relying_party(site, application())

    with pytest.raises(OAuthError, match="login_required"):
        sign_in(client, browser, person, prompt="none")
    sign_in(client, browser, person)
    assert sign_in(client, browser, person, prompt="none")["userinfo"]["sub"]


def test_it_logs_the_person_out_and_knows_the_answer(site, browser, person):
    client = relying_party(site, application())
    token = sign_in(client, browser, person)

    onward = client.logout_redirect(
        browser, post_logout_redirect_uri=LOGGED_OUT, id_token_hint=token["id_token"]
    )
    back = person.log_out(onward["Location"])

    assert back.startswith(f"{LOGGED_OUT}?")
    assert dict(parse_qsl(urlsplit(back).query)).keys() == {"state"}
    assert client.validate_logout_response(browser.back(back))["post_logout_redirect_uri"] == LOGGED_OUT
    with pytest.raises(OAuthError, match="login_required"):
        sign_in(client, browser, person, prompt="none")
