"""Which address a proof names, behind proxies and below paths; and proofs under ASGI (RFC 9449 §4.3)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.asgi import get_asgi_application
from django.test import Client
from django.urls import set_script_prefix

from oauthcore.asgi import RequestLimits
from tests.support.proofs import ISSUER, Prover
from tests.support.service_tokens.exchange import Exchange

pytestmark = pytest.mark.sqlite_only("the address of a proof is compared in Python")


@pytest.fixture
def prover():
    return Prover()


def get(path, prover, url, **headers):
    token = prover.token()
    proof = prover.proof("GET", url, token)
    return Client().get(path, headers={"authorization": f"DPoP {token}", "dpop": proof, **headers})


def asked(application, path, token, proof):
    """Send a bound token and a proof over ASGI, and return the exchange."""
    authorization = f"DPoP {token}"
    one = Exchange(token, method="GET", path=path, pieces=[b""], authorization=authorization, dpop=proof)
    return one.through(application)


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1"},
        {"x-forwarded-proto": "http"},
        {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example;proto=http"},
    ],
    ids=str,
)
def test_the_address_is_the_one_below_the_issuer_whatever_a_proxy_says(prover, headers):
    assert get("/v1/me?a=b", prover, f"{ISSUER}/v1/me", **headers).status_code == 200
    assert get("/v1/me", prover, "http://127.0.0.1/v1/me", **headers).status_code == 401
    assert get("/v1/me", prover, "https://evil.example/v1/me", **headers).status_code == 401


@pytest.mark.django_db
def test_a_site_below_a_path_has_the_path_in_its_addresses(prover, settings, request):
    request.addfinalizer(lambda: set_script_prefix("/"))
    settings.FORCE_SCRIPT_NAME = "/photos"
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "https://id.example/photos", "RESOURCES": {}}
    token = prover.token()

    for url, status in (("https://id.example/photos/v1/me", 200), ("https://id.example/v1/me", 401)):
        headers = {"authorization": f"DPoP {token}", "dpop": prover.proof("GET", url, token)}
        assert Client().get("/v1/me", headers=headers).status_code == status


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.django_db
def test_a_resource_at_another_host_has_the_addresses_of_that_host(prover, settings):
    settings.ALLOWED_HOSTS = ["testserver", "api.example.org"]
    resources = {"https://api.example.org": {"name": "API", "scopes": ["read"]}}
    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": resources}

    for url, status in (("https://api.example.org/v1/me", 200), (f"{ISSUER}/v1/me", 401)):
        assert get("/v1/me", prover, url, host="api.example.org").status_code == status


@pytest.mark.rfc("9449", "11.1")
@pytest.mark.django_db
def test_a_proof_for_a_server_of_somebody_else_is_worth_nothing_here(prover, settings):
    """A resource may be declared whose host answers elsewhere: it must not pass on what it was shown."""
    settings.ALLOWED_HOSTS = ["*"]
    resources = {"https://api.example.org": {"name": "API", "scopes": ["read"]}}
    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": resources}

    for url, status in (("https://api.example.org/v1/me", 401), (f"{ISSUER}/v1/me", 200)):
        assert get("/v1/me", prover, url, host="api.example.org").status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "htu"),
    [
        ("/v1/images/%C3%A4", "/v1/images/ä"),
        ("/v1/images/a%3Fb", "/v1/images/a%3fb"),
        ("/v1/images/a%20b", "/v1/images/%61%20b"),
        ("/v1/images/100%25", "/v1/images/100%25"),
    ],
)
def test_a_path_may_be_encoded_in_any_way(path, htu, prover):
    url = f"{ISSUER}{quote(htu, safe='/%')}"

    assert get(path, prover, url).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/v1/me", "/v1/images"])
def test_under_asgi_a_proof_is_looked_at_once(path, prover):
    application = RequestLimits(get_asgi_application())
    token = prover.token()
    proof = prover.proof("GET", ISSUER + path, token)

    first = asked(application, path, token, proof)
    again = asked(application, path, token, proof)

    assert first.status == (200 if path == "/v1/me" else 403)
    assert (again.status, again.error) == (401, "invalid_dpop_proof")
    assert again.headers["www-authenticate"].startswith("DPoP ")


@pytest.mark.rfc("9449", "8.2")
@pytest.mark.django_db(transaction=True)
def test_under_asgi_a_nonce_is_told_with_a_good_answer_too(prover, settings, clock):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP_NONCE_LIFETIME": 100}
    application = RequestLimits(get_asgi_application())
    token = prover.token()

    def ask(**claims):
        return asked(application, "/v1/me", token, prover.proof("GET", f"{ISSUER}/v1/me", token, **claims))

    refused = ask()
    assert (refused.status, refused.error) == (401, "use_dpop_nonce")
    clock.shift(60)
    told = ask(nonce=refused.headers["dpop-nonce"])
    assert told.status == 200
    assert ask(nonce=told.headers["dpop-nonce"]).status == 200


@pytest.mark.rfc("9449", "5.1")
def test_metadata_names_the_algorithms_where_the_site_has_dpop(settings):
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"):
        algorithms = Client().get(path).json()["dpop_signing_alg_values_supported"]
        assert algorithms == ["ES256", "RS256", "PS256", "EdDSA"]

    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"):
        assert "dpop_signing_alg_values_supported" not in Client().get(path).json()


@pytest.mark.rfc("9449", "8")
def test_pages_of_other_origins_may_send_proofs_and_read_nonces_where_the_site_has_them(settings):
    def preflight():
        return Client().options("/oauth/token", headers={"origin": "https://app.example"})

    assert preflight()["Access-Control-Allow-Headers"] == "Authorization, Content-Type, DPoP"
    assert "DPoP-Nonce" not in preflight()["Access-Control-Expose-Headers"]
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP_NONCE_LIFETIME": 100}
    assert preflight()["Access-Control-Expose-Headers"].endswith(", DPoP-Nonce")
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False, "DPOP_NONCE_LIFETIME": None}
    assert preflight()["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
