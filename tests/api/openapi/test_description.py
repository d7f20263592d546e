"""The OpenAPI description of the reference site: valid, and of every endpoint that is switched on."""

from __future__ import annotations

import io
from typing import Any

import jsonschema_rs
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.validation import validate_schema

from oauthcore import conf
from oauthcore.api.openapi.described import ENDPOINTS
from oauthcore.api.openapi.described.parameters import PARAMETERS
from oauthcore.api.openapi.schemas import in_json, members, one_of, secret
from oauthcore.flows.oauth.grants import grant_types
from tests.support.described_api import describe
from tests.support.factories import register

pytestmark = pytest.mark.sqlite_only("a description is made of code and settings")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe()


def mounted(patterns: list[Any]) -> list[Any]:
    """Return the views of the site's URLconf."""
    found = []
    for one in patterns:
        if isinstance(one, URLResolver):
            found += mounted(one.url_patterns)
        elif isinstance(one, URLPattern):
            found.append(one.callback)
    return found


def test_drf_spectacular_validates_it_without_a_warning():
    GENERATOR_STATS.reset()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_it_is_of_openapi_3_1_and_each_schema_in_it_is_a_json_schema(document):
    assert document["openapi"].startswith("3.1.")
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_every_json_endpoint_of_oauthcore_is_described():
    """A view without a description cannot be mounted unnoticed: it is named here."""
    ours = [
        view
        for view in mounted(get_resolver().url_patterns)
        if hasattr(view, "oauthcore_facts") or getattr(view, "cls", None) in ENDPOINTS
    ]
    described = {getattr(view, "cls", view) for view in ours} & set(ENDPOINTS)

    assert described == {getattr(view, "cls", view) for view in ours} == set(ENDPOINTS)


@pytest.mark.parametrize("view", [one for one in ENDPOINTS if hasattr(one, "oauthcore_facts")])
def test_every_method_of_an_endpoint_is_described(view):
    assert set(ENDPOINTS[view]) == set(view.oauthcore_facts.methods) - {"HEAD"}


def test_an_operation_has_one_name_alone(document):
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]

    assert len(names) == len(set(names))


def test_the_token_endpoint_takes_the_parameters_of_each_grant_type(document):
    schema = document["components"]["schemas"]["OAuthTokenRequest"]

    taken = {one["properties"]["grant_type"]["enum"][0]: one for one in schema["oneOf"]}
    assert set(taken) == {one.name for one in grant_types.switched_on()}
    for one in grant_types.switched_on():
        assert set(taken[one.name]["required"]) == {"grant_type", *one.required}
        assert set(one.optional) <= set(taken[one.name]["properties"])


def test_each_parameter_has_a_sentence():
    once, several = grant_types.parameters_read()

    assert once | several <= {*PARAMETERS, "grant_type"}
    assert [name for name, schema in PARAMETERS.items() if not schema.get("description")] == []


@pytest.mark.parametrize(
    ("switch", "path"),
    [
        ("DEVICE_AUTHORIZATION", "/oauth/device_authorization"),
        ("PUSHED_AUTHORIZATION_REQUESTS", "/oauth/par"),
        ("OPENID_CONNECT", "/oauth/userinfo"),
        ("OPENID_CONNECT", "/.well-known/openid-configuration"),
    ],
)
def test_what_is_switched_off_is_left_out(switch, path, settings, document):
    settings.OAUTHCORE = settings.OAUTHCORE | {switch: False}

    assert path in document["paths"]
    assert path not in describe()["paths"]


def test_the_grant_types_of_a_site_without_devices_have_no_device_code(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICE_AUTHORIZATION": False}

    document = describe()

    assert "device_code" not in str(document["components"]["schemas"]["OAuthTokenRequest"])
    refused = document["paths"]["/oauth/token"]["post"]["responses"]["400"]
    assert "authorization_pending" not in refused["description"]


def test_a_site_without_accounts_takes_no_account_when_a_device_gets_its_tokens(without_accounts):
    operation = describe()["paths"]["/v1/auth/token"]["post"]

    assert "account" not in str(operation["requestBody"])


def test_a_closed_registration_needs_an_initial_access_token(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": "initial_access_token"}

    assert describe()["paths"]["/oauth/register"]["post"]["security"] == [{"InitialAccessToken": []}]


def test_the_schemes_name_the_addresses_and_all_scopes_of_the_site(document):
    flows = document["components"]["securitySchemes"]["OAuth2"]["flows"]

    assert flows["authorizationCode"]["authorizationUrl"] == "https://testserver/oauth/authorize"
    assert flows["authorizationCode"]["tokenUrl"] == "https://testserver/oauth/token"
    assert set(flows["clientCredentials"]["scopes"]) == set(conf.settings().vocabulary.words)


def test_a_service_token_is_a_scheme_that_shows_how_one_begins(document):
    scheme = document["components"]["securitySchemes"]["ServiceToken"]

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert scheme["bearerFormat"] == "ref_api_live_…"


def test_an_error_names_its_codes_and_a_dialect_what_it_adds(document):
    refused = document["paths"]["/oauth2/revoke"]["post"]["responses"]["403"]
    narrowed = refused["content"]["application/json"]["schema"]["allOf"][1]

    assert narrowed["properties"]["error"]["enum"] == ["unauthorized_client"]
    assert narrowed["properties"]["status"]["enum"] == ["error"]
    assert "You are not authorized to revoke this token" in refused["description"]


def test_a_401_has_a_challenge_and_a_429_says_how_long_to_wait(document):
    answers = document["paths"]["/oauth/token"]["post"]["responses"]

    assert "Basic" in answers["401"]["headers"]["WWW-Authenticate"]["description"]
    assert answers["429"]["headers"]["Retry-After"]["required"]


def test_an_endpoint_is_described_where_the_site_mounts_it(settings):
    settings.ROOT_URLCONF = "tests.support.sites.described_below"

    paths = describe()["paths"]

    assert "/auth/oauth/token" in paths
    assert "/oauth/token" not in paths


def test_a_description_of_openapi_3_0_is_valid_too(settings, monkeypatch):
    monkeypatch.setattr(spectacular_settings, "OAS_VERSION", "3.0.3")
    settings.ROOT_URLCONF = "tests.support.sites.described_below"

    document = describe()

    validate_schema(document)
    assert document["paths"]["/auth/v1/me"]["get"]["security"][1] == {"ServiceToken": []}


def test_a_number_counts_as_its_text_in_json_and_the_description_says_so(document, db):
    content = document["paths"]["/oauth/revoke"]["post"]["requestBody"]["content"]
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    described = document["components"]["schemas"][name]["properties"]
    registered = register()

    answer = Client().post(
        "/oauth/revoke", {"token": 0, **registered.credentials}, content_type="application/json"
    )

    assert answer.status_code == 200
    assert described["token"]["type"] == ["string", "integer", "boolean"]
    assert described["client_id"]["type"] == ["string", "integer", "boolean", "null"]


@pytest.mark.parametrize("name", ["resource", "redirect_uri"])
def test_a_parameter_that_may_be_empty_has_no_format_that_an_empty_text_would_not_have(name, db):
    schema = PARAMETERS[name]
    registered = register()

    answer = Client().post(
        "/oauth/token", {"grant_type": "client_credentials", name: "", **registered.credentials}
    )

    assert answer.status_code == 200
    assert "format" not in schema.get("items", schema)


def test_parameters_in_json_can_be_described_in_openapi_3_0(monkeypatch):
    monkeypatch.setattr(spectacular_settings, "OAS_VERSION", "3.0.3")

    schema = in_json(members({"token": secret("A token.")}, {"grant_type": one_of("code")}))

    assert schema["properties"]["token"]["anyOf"] == [
        {"type": "string"},
        {"type": "integer"},
        {"type": "boolean"},
    ]
    assert schema["properties"]["grant_type"] == one_of("code")
