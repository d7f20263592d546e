"""Bearer tokens at protected resources (RFC 6750): the same in DRF views and plain ones, sync and async."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from oauthcore.models import Application, Grant, Token
from tests.support.factories import UserFactory, bearer, open_grant, register, service_token
from tests.support.oauth import OAuthClient
from tests.support.reference_site.factories import AccountFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("headers and decorators; finding a token runs everywhere in flows/tokens"),
]

at_every_resource = pytest.mark.parametrize("path", ["/v1/me", "/drf", "/plain", "/plain/async"])
REALM = 'Bearer realm="https://testserver"'


def get(path, authorization=None):
    headers = {} if authorization is None else {"authorization": authorization}
    return Client().get(path, headers=headers)


def assert_invalid_token(response):
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_token"
    assert response["WWW-Authenticate"].startswith(f'{REALM}, error="invalid_token"')
    assert response["WWW-Authenticate"].count("Bearer") == 1
    assert response["Cache-Control"] == "no-store"


@pytest.mark.rfc("6750", "2.1")
@at_every_resource
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_live_token_opens_a_resource(path, scheme):
    assert get(path, f"{scheme} {bearer()}").status_code == 200


@pytest.mark.rfc("6750", "3.1")
@at_every_resource
@pytest.mark.parametrize("authorization", [None, "", "Basic YTpi", "Digest x", "Token abc"])
def test_without_a_token_the_challenge_names_no_error(path, authorization):
    response = get(path, authorization)

    assert response.status_code == 401
    assert response.json()["error"] == "not_authenticated"
    assert response["WWW-Authenticate"].startswith(f"{REALM}, ")
    assert "error" not in response["WWW-Authenticate"]


@pytest.mark.rfc("9728", "5.1")
@at_every_resource
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense"])
def test_every_401_names_the_metadata_of_the_resource(path, authorization):
    challenge = get(path, authorization)["WWW-Authenticate"]

    assert 'resource_metadata="https://testserver/.well-known/oauth-protected-resource"' in challenge
    assert challenge.count("realm=") == 1


MALFORMED = [
    "Bearer",
    "Bearer ",
    "Bearer  ",
    "Bearer nonsense",
    "Bearer a b",
    "Bearer " + "x" * 5000,
    "Bearer é",
    "Bearer \x7f",
    "Bearer {token}x",
    "Bearer x{token}",
    'Bearer "{token}"',
    "Bearer {token};",
]


@pytest.mark.rfc("6750", "3.1")
@at_every_resource
@pytest.mark.parametrize("authorization", MALFORMED, ids=lambda text: text[:20])
def test_a_malformed_token_is_an_invalid_one(path, authorization):
    assert_invalid_token(get(path, authorization.format(token=bearer())))


@pytest.mark.rfc("6750", "3.1")
@at_every_resource
@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase, lambda text: text[:-1]])
def test_a_token_is_compared_byte_by_byte(path, change):
    assert_invalid_token(get(path, f"Bearer {change(bearer())}"))


def test_every_reason_gives_the_very_same_answer():
    """What is wrong with a token is for the log, not for whoever found it."""
    gone = bearer()
    Token.objects.all().delete()
    revoked = bearer()
    Grant.objects.filter(tokens__isnull=False).update(revoked_at="2020-01-01T00:00Z")
    disabled = bearer(application=(one := register().application))
    Application.objects.filter(pk=one.pk).update(is_enabled=False)
    inactive = bearer(user=UserFactory(is_active=False))
    answers = {
        (response.status_code, response["WWW-Authenticate"], response.content)
        for response in (get("/drf", f"Bearer {text}") for text in ("x", gone, revoked, disabled, inactive))
    }

    assert len(answers) == 1


@at_every_resource
def test_a_token_lives_to_its_last_microsecond_and_no_longer(path, clock):
    text = bearer()

    clock.shift(3599.999999)
    assert get(path, f"Bearer {text}").status_code == 200
    clock.shift(0.000001)
    assert_invalid_token(get(path, f"Bearer {text}"))


@at_every_resource
def test_a_token_that_is_revoked_is_dead_at_the_next_request(path):
    oauth = OAuthClient(register())
    text = bearer(application=oauth.registered.application)
    assert get(path, f"Bearer {text}").status_code == 200

    oauth.revoke(text)

    assert_invalid_token(get(path, f"Bearer {text}"))


@pytest.mark.rfc("6750", "3.1")
@pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async"])
def test_a_token_without_the_scope_is_told_which_it_needs(path):
    response = get(path, f"Bearer {bearer(scopes=['api.images.read'])}")

    assert response.status_code == 403
    assert response.json()["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
    assert 'scope="read"' in response["WWW-Authenticate"]


def test_all_of_several_scopes_are_needed_and_named():
    response = get("/drf/images", f"Bearer {bearer()}")

    assert response.status_code == 403
    assert 'scope="api.images.read read"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/drf/any", "/plain/any", "/v1/me"])
def test_requires_without_a_scope_takes_any_live_token(path):
    account = AccountFactory()

    for text in (bearer(scopes=["api.images.read"]), service_token(account.uuid)):
        assert get(path, f"Bearer {text}").status_code == 200
    assert get(path).status_code == 401


@pytest.mark.rfc("6750", "2.3")
@at_every_resource
@pytest.mark.parametrize("name", ["access_token", "%61ccess_token", "access%5Ftoken"])
@pytest.mark.parametrize("has_header", [False, True])
def test_a_token_in_the_address_is_refused_and_never_logged(path, name, has_header, caplog):
    text = bearer()

    response = get(f"{path}?{name}={text}", f"Bearer {text}" if has_header else None)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert text not in caplog.text


@pytest.mark.rfc("6750", "2.2")
@pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async"])
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
def test_a_token_in_a_body_that_is_no_form_is_none(path, content_type):
    body = f"access_token={bearer()}"

    response = Client().post(path, body, content_type=content_type)

    assert (response.status_code, response.json()["error"]) == (401, "not_authenticated")


@pytest.mark.rfc("6750", "3.1")
@at_every_resource
@pytest.mark.parametrize("joined", ["Bearer {0}, Bearer {0}", "Bearer {0},Basic YTpi", "Bearer {0},"])
def test_two_authorization_headers_that_a_server_joined_are_refused(path, joined):
    response = get(path, joined.format(bearer()))

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.rfc("6750", "3")
def test_a_challenge_holds_only_characters_that_may_stand_in_it(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": 'https://testserver/"\\\r\nX: é'}

    challenge = get("/drf", "Bearer nonsense")["WWW-Authenticate"]

    for value in re.findall(r'="([^"]*)"', challenge):
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", value)
    assert challenge.count('"') == 2 * challenge.count('="')


@pytest.mark.rfc("9700", "4.15")
@pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async"])
def test_behind_client_credentials_stands_no_user(path):
    person = UserFactory(is_superuser=True)
    oauth = OAuthClient(register())
    Application.objects.update(client_id=person.username)
    oauth.registered.application.client_id = person.username
    text = oauth.token(grant_type="client_credentials").json()["access_token"]

    assert get(path, f"Bearer {text}").json()["user"] == person.username
    user = get("/plain", f"Bearer {text}").wsgi_request.user
    assert (user.pk, user.is_staff, user.is_superuser, user.is_authenticated) == (None, False, False, True)
    assert not user.has_perm("auth.add_user")
    assert not user.has_perms([])
    assert not user.has_module_perms("auth")


@at_every_resource
def test_an_address_outside_of_a_tokens_networks_is_refused(path):
    grant = open_grant(allowed_networks=["192.0.2.0/24"])
    text = bearer(allowed_networks=["192.0.2.0/24"], user=grant.user)
    headers = {"authorization": f"Bearer {text}", "x-forwarded-for": "192.0.2.1"}

    assert Client(REMOTE_ADDR="192.0.2.7").get(path, headers=headers).status_code == 200
    for address in ("198.51.100.1", "", "nonsense"):
        refused = Client(REMOTE_ADDR=address).get(path, headers=headers)
        assert (refused.status_code, refused.json()["error"]) == (403, "ip_not_allowed")


@at_every_resource
def test_a_body_larger_than_a_token_may_send_is_refused_unread(path):
    text = bearer(max_request_bytes=100)
    headers = {"authorization": f"Bearer {text}"}

    def send(**how):
        return Client().generic("POST" if path != "/v1/me" else "GET", path, headers=headers, **how)

    assert send(data=b"x" * 100, content_type="application/json").status_code != 413
    refused = send(data=b"x" * 101, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (413, "request_too_large")
    refused = send(HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert (refused.status_code, refused.json()["error"]) == (411, "length_required")
