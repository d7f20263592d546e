"""Metadata says exactly what is enforced (RFC 8414, RFC 9728): each member is held against the behaviour."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from oauthcore.models import GrantType
from reference_site.scopes import SCOPES
from tests.support.devices.television import GRANT_TYPE
from tests.support.factories import register, register_public
from tests.support.oauth import CHALLENGE, OAuthClient, answer, basic, me, post, with_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a document made of settings, without a query"),
]

SERVER = "/.well-known/oauth-authorization-server"
RESOURCE = "/.well-known/oauth-protected-resource"
AUTHENTICATION = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]


@pytest.fixture
def server():
    return Client().get(SERVER).json()


@pytest.mark.rfc("8414", "2")
@pytest.mark.rfc("9126", "5")
@pytest.mark.rfc("9207", "3")
@pytest.mark.rfc("9470", "7")
def test_it_states_what_is_switched_on_and_nothing_else(server):
    assert server == {
        "issuer": "https://testserver",
        "authorization_endpoint": "https://testserver/oauth/authorize",
        "token_endpoint": "https://testserver/oauth/token",
        "revocation_endpoint": "https://testserver/oauth/revoke",
        "introspection_endpoint": "https://testserver/oauth/introspect",
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            GRANT_TYPE,
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "authorization_grant_profiles_supported": ["urn:ietf:params:oauth:grant-profile:id-jag"],
        "token_endpoint_auth_methods_supported": [*AUTHENTICATION, "none"],
        "revocation_endpoint_auth_methods_supported": [*AUTHENTICATION, "none"],
        "introspection_endpoint_auth_methods_supported": AUTHENTICATION,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "introspection_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "device_authorization_endpoint": "https://testserver/oauth/device_authorization",
        "pushed_authorization_request_endpoint": "https://testserver/oauth/par",
        "require_pushed_authorization_requests": False,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "jwks_uri": "https://testserver/oauth/jwks",
        "client_id_metadata_document_supported": True,
        "registration_endpoint": "https://testserver/oauth/register",
        "app_registration_endpoint": "https://testserver/api/v1/apps",
        "dpop_signing_alg_values_supported": ["ES256", "RS256", "PS256", "EdDSA"],
        "acr_values_supported": ["pwd", "mfa"],
        "userinfo_endpoint": "https://testserver/oauth/userinfo",
        "end_session_endpoint": "https://testserver/oauth/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            *("iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"),
            *("accounts", "email", "email_verified", "family_name", "given_name", "name"),
            "preferred_username",
        ],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "protected_resources": ["https://testserver", "https://testserver/mcp"],
    }


@pytest.mark.rfc("9728", "2")
def test_the_protected_resource_names_its_authorization_server(server):
    told = Client().get(RESOURCE).json()

    assert told["resource"] == server["issuer"]
    assert told["authorization_servers"] == [server["issuer"]]
    assert told["scopes_supported"] == server["scopes_supported"]
    assert told["bearer_methods_supported"] == ["header", "body"]


@pytest.mark.rfc("9207", "2")
@pytest.mark.parametrize("changes", [{}, {"scope": "nonsense"}, {"prompt": "none"}])
def test_every_answer_to_an_application_carries_the_issuer_once_and_byte_for_byte(server, changes):
    oauth = with_person()
    response = oauth.authorize(**changes) if changes else oauth.decide()

    assert answer(response)["iss"] == server["issuer"]
    assert urlsplit(response["Location"]).query.count("iss=") == 1


@pytest.mark.rfc("8414", "3.3")
@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:99999", "a b", ""])
@pytest.mark.parametrize("path", [SERVER, RESOURCE, "/v1/me", "/oauth/token"])
def test_neither_a_host_nor_a_forwarded_host_changes_any_address(host, path):
    expected = Client().get(path)
    spoofed = Client().get(path, headers={"x-forwarded-host": host, "forwarded": f"host={host}"})
    refused = Client().get(path, headers={"host": host or "evil.example"})

    assert spoofed.content == expected.content
    assert spoofed.headers.get("WWW-Authenticate") == expected.headers.get("WWW-Authenticate")
    assert refused.status_code in (400, expected.status_code)
    assert "evil" not in refused.text + str(refused.headers)


@pytest.mark.rfc("8414", "3.3")
def test_the_issuer_is_the_setting_and_the_addresses_lie_under_its_origin(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "https://id.example:8443"}

    told = Client().get(SERVER).json()

    assert told["issuer"] == "https://id.example:8443"
    addresses = [urlsplit(value) for name, value in told.items() if name.endswith("_endpoint")]
    assert {f"{one.scheme}://{one.netloc}" for one in addresses} == {"https://id.example:8443"}


class TestEveryMemberIsHowItBehaves:
    def test_the_endpoints_answer_where_it_says(self, server):
        for name, address in server.items():
            if name.endswith("_endpoint"):
                path, refused = urlsplit(address).path, (400, 401, 403, 415, 422)
                # A post without CSRF token logs nobody out: it is redirected to the page that asks.
                expected = (303,) if name == "end_session_endpoint" else refused
                assert Client().post(path).status_code in expected, name

    @pytest.mark.parametrize("grant_type", [*GrantType.values, "password", "implicit", "urn:x"])
    def test_a_grant_type_is_known_exactly_when_it_is_listed(self, server, grant_type):
        error = OAuthClient(register()).token(grant_type=grant_type).json().get("error")

        assert (error != "unsupported_grant_type") == (grant_type in server["grant_types_supported"])

    @pytest.mark.parametrize("response_type", ["code", "token", "id_token", "code token", "none"])
    def test_a_response_type_is_known_exactly_when_it_is_listed(self, server, response_type):
        is_page = with_person().authorize(response_type=response_type).status_code == 200

        assert is_page == (response_type in server["response_types_supported"])

    @pytest.mark.parametrize("method", ["S256", "plain", "s256", "none", None])
    def test_a_challenge_method_is_taken_exactly_when_it_is_listed(self, server, method):
        page = with_person().authorize(code_challenge=CHALLENGE, code_challenge_method=method)

        assert (page.status_code == 200) == (method in server["code_challenge_methods_supported"])

    def test_each_prompt_that_is_listed_does_what_it_is_for(self, server):
        oauth = with_person()
        oauth.tokens()

        assert answer(oauth.authorize())["code"], "nobody is asked twice"
        assert oauth.authorize(prompt="consent").status_code == 200
        assert oauth.authorize(prompt="login")["Location"].startswith("/login")
        assert answer(with_person().authorize(prompt="none"))["error"] == "consent_required"
        assert oauth.authorize(prompt="select_account").status_code == 200
        assert server["prompt_values_supported"] == ["none", "login", "consent", "select_account"]

    @pytest.mark.parametrize("mode", ["query", "fragment", "form_post", "web_message", "jwt"])
    def test_a_response_mode_is_taken_exactly_when_it_is_listed(self, server, mode):
        page = with_person().authorize(response_mode=mode)

        assert (page.status_code == 200) == (mode in server["response_modes_supported"])

    @pytest.mark.parametrize("endpoint", ["token", "revocation", "introspection"])
    @pytest.mark.parametrize(
        "method", ["client_secret_basic", "client_secret_post", "none", "client_secret_jwt"]
    )
    def test_a_way_to_authenticate_is_taken_exactly_when_it_is_listed(self, server, endpoint, method):
        one = register_public() if method == "none" else register(may_introspect=True)
        parameters, headers = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}, {}
        if method == "client_secret_basic":
            headers = {"authorization": basic(one.client_id, one.client_secret)}
        elif method == "client_secret_jwt":
            parameters |= {
                "client_id": one.client_id,
                "client_assertion": "e30.e30.x",
                "client_assertion_type": "x",
            }
        else:
            parameters |= one.credentials

        response = post(urlsplit(server[f"{endpoint}_endpoint"]).path, parameters, **headers)

        is_taken = response.status_code not in (401, 403)
        assert is_taken == (method in server[f"{endpoint}_endpoint_auth_methods_supported"])

    def test_every_scope_that_is_listed_can_be_had_and_no_other(self, server):
        scopes = server["scopes_supported"]
        oauth = with_person(register(scopes=scopes))

        assert oauth.authorize(scope=" ".join(scopes)).status_code == 200
        for other in ("address", "phone", scopes[0].upper()):
            assert answer(oauth.authorize(scope=other))["error"] == "invalid_scope"

    def test_a_token_is_taken_from_the_header_and_from_a_form(self):
        text = with_person().tokens()["access_token"]

        assert Client().get(RESOURCE).json()["bearer_methods_supported"] == ["header", "body"]
        assert me(text).status_code == 200
        assert Client().get(f"/v1/me?access_token={text}").status_code == 400


@pytest.mark.rfc("8414", "3.2")
@pytest.mark.rfc("9728", "3.2")
@pytest.mark.parametrize("is_bare", [False, True], ids=["all that the site has", "nothing switched on"])
@pytest.mark.parametrize("path", [SERVER, RESOURCE])
def test_it_is_json_without_empty_members(path, is_bare, settings):
    if is_bare:
        settings.OAUTHCORE = {"ISSUER": settings.OAUTHCORE["ISSUER"]}

    answer = Client().get(path)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert not [name for name, value in answer.json().items() if value in (None, "", [])]


@pytest.mark.rfc("8414", "2")
def test_what_is_switched_off_is_not_named(settings):
    off = dict.fromkeys(("PRIVATE_KEY_JWT", "TOKEN_EXCHANGE", "ENTERPRISE_MANAGED_AUTHORIZATION"), False)
    settings.OAUTHCORE = {**settings.OAUTHCORE, **off}

    told = Client().get(SERVER).json()

    assert not [name for name in told["grant_types_supported"] if "exchange" in name or "bearer" in name]
    assert "authorization_grant_profiles_supported" not in told

    assert "private_key_jwt" not in told["token_endpoint_auth_methods_supported"]
    assert not [name for name in told if "auth_signing_alg" in name]
