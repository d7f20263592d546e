"""Views of an offline resource take a JWT for it by its signature: without a statement, until it expires."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore import conf
from oauthcore.api.wire.request_limits import _look
from oauthcore.flows.keys.rotation import rotate
from oauthcore.flows.tokens.offline import verify_offline
from oauthcore.models import Application, Grant, signing
from oauthcore.rules.errors.resources import NoPerson
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import bearer
from tests.support.proofs import BoundClient
from tests.support.signing import (
    ISSUER,
    encoded,
    make_keys,
    parts_of,
    register_with_jwts,
    signed_by_the_site,
    with_jwts,
)
from tests.support.sites.several_resources import DECLARED, FILES, MCP, call
from tests.support.statements import failing_at, statements

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.sites.several_resources")]

SCOPES = "read write:accounts"
PLAIN, DRF = "/mcp/plain", "/mcp"


@pytest.fixture(autouse=True)
def offline(settings: Any) -> None:
    declared = {**DECLARED, **{name: {**DECLARED[name], "offline": True} for name in (MCP, FILES)}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": declared, "OPENID_CONNECT": True}


@pytest.fixture
def oauth(clock: Any) -> Any:
    return with_jwts(scopes=["read", "write", "write:accounts"])


@pytest.fixture
def text(oauth: Any) -> str:
    """A token for the resource, and a process that has read its keys."""
    answered: str = oauth.tokens(scope=SCOPES, resource=MCP)["access_token"]
    signing.key_ring()
    return answered


@pytest.mark.rfc("9068", "4")
@pytest.mark.parametrize("address", [DRF, PLAIN])
def test_a_view_takes_one_without_a_statement(text, address):
    with statements() as run:
        answer = call(address, text)

    assert answer.json() == {"scopes": ["read", "write:accounts"]}
    assert run == []


def test_a_view_of_another_host_that_names_its_resource_does_so_too(oauth):
    text = oauth.tokens(scope="write", resource=FILES)["access_token"]
    with statements() as run:
        assert call("/files", text).json() == {"scopes": ["write"]}
        assert call("/files/plain", text).json() == {"scopes": ["write"]}

    assert run == []


def test_it_goes_on_where_the_database_is_away_and_where_access_has_ended(oauth, text, clock):
    oauth.revoke(text)
    Application.objects.update(is_suspended=True)
    clock.shift(signing.HELD_FOR)
    with failing_at(1):
        assert call(DRF, text).status_code == 200


def test_without_keys_that_were_read_before_it_does_not(text):
    signing.forget()
    with failing_at(1):
        assert call(DRF, text).status_code == 503


@pytest.mark.rfc("9068", "4")
def test_it_ends_when_it_expires(text, clock):
    clock.shift(3599)
    assert call(DRF, text).status_code == 200
    clock.shift(1)
    assert call(DRF, text).status_code == 401


@pytest.mark.rfc("9068", "4")
def test_one_that_is_signed_with_a_withdrawn_key_is_refused(text):
    rotate(now=timezone.now(), is_urgent=True)

    assert call(DRF, text).status_code == 401


def test_a_view_knows_what_the_token_says_and_no_person(oauth, text):
    verified = verify_offline(HiddenText(text), conf.settings().resources.find(MCP))

    assert verified is not None
    assert (verified.user, verified.account, verified.application) == (None, None, None)
    assert verified.claims["client_id"] == oauth.registered.client_id
    assert verified.kind == "oauth_token"
    assert verified.token.expires_at is not None


FORGED: dict[str, Any] = {
    "alg none": lambda text: _with(text, header={"alg": "none"}, signature=""),
    "HMAC": lambda text: _with(text, header={"alg": "HS256"}),
    "another typ": lambda text: signed_by_the_site(parts_of(text)[1], type_="JWT"),
    "an RSA id token": lambda text: signed_by_the_site(parts_of(text)[1], type_="JWT", algorithm="RS256"),
    "an access token of RS256": lambda text: signed_by_the_site(parts_of(text)[1], algorithm="RS256"),
    "a logout token": lambda text: signed_by_the_site(parts_of(text)[1], type_="logout+jwt"),
    "crit": lambda text: _with(text, header={"crit": ["exp"]}),
    "another kid": lambda text: _with(text, header={"kid": "../../../dev/null"}),
    "an embedded key": lambda text: _with(text, header={"jwk": {"kty": "EC"}, "kid": None}),
    "more scopes": lambda text: _with(text, claims={"scope": "read write"}),
    "another signature": lambda text: _with(text, signature="A" * 86),
    "expired": lambda text: signed_by_the_site({**parts_of(text)[1], "exp": 1, "iat": 0}),
    "without an end": lambda text: signed_by_the_site(
        {name: value for name, value in parts_of(text)[1].items() if name != "exp"}
    ),
    "ten years long": lambda text: signed_by_the_site({**parts_of(text)[1], "exp": 4_000_000_000}),
    "not yet": lambda text: signed_by_the_site({**parts_of(text)[1], "nbf": 4_000_000_000}),
    "two parts": lambda text: text.rpartition(".")[0],
    "no JSON": lambda text: f"eyJhbGci.{text.partition('.')[2]}",
}


def _with(text: str, *, header: Any = None, claims: Any = None, signature: str | None = None) -> str:
    parts, had = text.split("."), parts_of(text)
    changed = [encoded({**had[0], **(header or {})}), encoded({**had[1], **(claims or {})})]
    return ".".join([*changed, parts[2] if signature is None else signature])


@pytest.mark.rfc("8725", "3.1")
@pytest.mark.rfc("8725", "3.11")
@pytest.mark.rfc("9068", "4")
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_what_the_site_has_not_signed_as_an_access_token_is_refused_without_a_statement(text, forge):
    forged = forge(text)
    with statements() as run:
        refused = call(DRF, forged)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert run == []


@pytest.mark.rfc("9068", "4")
@pytest.mark.parametrize(
    "claims", [{"aud": FILES}, {"aud": ISSUER}, {"iss": "https://evil.example"}, {"cnf": {"jkt": "x"}}]
)
def test_one_for_somebody_else_or_with_a_key_is_looked_up_and_was_never_issued(text, claims):
    other = signed_by_the_site({**parts_of(text)[1], **claims})
    with statements() as run:
        assert call(DRF, other).status_code == 401

    assert len(run) == 1


@pytest.mark.rfc("9068", "4")
def test_one_for_another_resource_is_refused_there(oauth):
    text = oauth.tokens(scope="write", resource=FILES)["access_token"]

    assert call(DRF, text).status_code == 401
    assert call("/files", text).status_code == 200


def test_one_that_names_no_resource_and_an_opaque_one_are_asked_of_the_database(oauth, settings):
    text = oauth.tokens(scope=SCOPES)["access_token"]
    with statements() as run:
        assert call(DRF, text).status_code == 200
    assert len(run) == 1

    opaque = bearer()
    with statements() as run:
        assert call(DRF, opaque).status_code == 200
    assert len(run) == 1

    Grant.objects.update(revoked_at=timezone.now())
    assert call(DRF, text).status_code == 401


def test_views_of_other_resources_ask_the_database(oauth):
    text = oauth.tokens(scope=SCOPES)["access_token"]
    with statements() as run:
        assert call("/other", text).status_code == 200
    assert len(run) == 1

    oauth.revoke(text)
    assert call("/other", text).status_code == 401


def test_while_jwts_are_switched_off_none_is_taken(text, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}

    assert call(DRF, text).status_code == 401


def test_a_view_that_describes_the_token_asks_for_its_row_below_an_offline_resource(oauth, settings):
    declared = {f"{ISSUER}/v1": {"name": "All", "scopes": ["read"], "offline": True}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": declared}
    text = oauth.tokens(resource=f"{ISSUER}/v1")["access_token"]

    assert call("/v1/me", text).json()["application"]["client_id"] == oauth.registered.client_id
    oauth.revoke(text)
    assert call("/v1/me", text).status_code == 401


def test_two_tokens_are_refused_here_too(text):

    sent = Client().post(
        PLAIN,
        f"access_token={text}",
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {text}"},
    )

    assert (sent.status_code, sent.json()["error"]) == (400, "invalid_request")


def test_the_person_is_unknown_so_a_view_that_needs_one_refuses(text):
    verified = verify_offline(HiddenText(text), conf.settings().resources.find(MCP))

    assert verified is not None
    with pytest.raises(NoPerson):
        verified.require("read", person=True)


@pytest.mark.rfc("9449", "7.1")
def test_one_that_is_bound_to_a_key_needs_its_proof_here_too(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DPOP": True}
    make_keys()
    bound = BoundClient(register_with_jwts(scopes=["read", "write:accounts"]))
    text = bound.tokens(scope=SCOPES, resource=MCP)["access_token"]

    assert parts_of(text)[1]["cnf"] == {"jkt": bound.prover.jkt}
    assert call(DRF, text).status_code == 401
    assert bound.prover.get(DRF, text).status_code == 200


def _scope(path: str, text: str) -> dict[str, Any]:
    headers = [(b"authorization", f"Bearer {text}".encode()), (b"host", b"testserver")]
    return {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}


def test_under_asgi_nothing_is_looked_up_before_the_view(text):
    with statements() as run:
        assert _look(_scope(DRF, text)).verified is None
    assert run == []

    assert _look(_scope("/other", text)).verified is not None
