"""``create_application``: what it registers, what it prints, and what it says of arguments that are wrong."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from oauthcore.models import Application
from tests.support.jose import a_key, asserted, key_set
from tests.support.oauth import post

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("arguments and what they print"),
]


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_application", *arguments, stdout=out)
    return out.getvalue()


def created(*arguments: str) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(create(*arguments, "--json"))
    return described


def test_it_prints_an_identifier_and_a_secret_that_get_a_token():
    application = created("Nightly export", "--scope", "read")

    answer = post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": application["client_id"],
            "client_secret": application["client_secret"],
        },
    )

    assert answer.json()["scope"] == "read"


def test_people_get_lines_and_are_told_to_keep_the_secret():
    lines = create("Nightly export").splitlines()

    application = Application.objects.get()
    assert lines[0] == f"client_id:     {application.client_id}"
    assert lines[1].startswith("client_secret: ref_api_secret_")
    assert "cannot be shown again" in lines[2]


def test_programs_get_one_json_object():
    described = created("Nightly export", "--scope", "read", "--scope", "api.images.read")

    assert described.pop("client_secret").startswith("ref_api_secret_")
    assert described == {
        "name": "Nightly export",
        "client_id": Application.objects.get().client_id,
        "client_type": "confidential",
        "redirect_uris": [],
        "scopes": ["api.images.read", "read"],
        "grant_types": ["client_credentials"],
    }


def test_a_public_application_has_no_secret():
    uri = "com.example.app:/callback"

    lines = create("Phone", "--type", "public", "--redirect-uri", uri).splitlines()

    assert lines == [f"client_id:     {Application.objects.get().client_id}"]
    assert created("Phone", "--type", "public", "--redirect-uri", uri)["client_secret"] is None


@pytest.mark.parametrize(
    ("arguments", "grant_types"),
    [
        ([], {"client_credentials"}),
        (["--redirect-uri", "https://a.example/cb"], {"authorization_code", "refresh_token"}),
        (["--may-introspect"], set()),
        (["--may-introspect", "--grant-type", "client_credentials"], {"client_credentials"}),
        (
            ["--grant-type", "authorization_code", "--redirect-uri", "https://a.example/cb"],
            {"authorization_code"},
        ),
    ],
)
def test_it_gets_the_grant_types_it_is_given_or_can_use(arguments, grant_types):
    create("Printer", *arguments)

    assert set(Application.objects.get().grant_types) == grant_types


def test_an_argument_that_may_be_repeated_keeps_every_value_in_its_order():
    uris = ["https://b.example/cb", "https://a.example/cb"]

    create("Printer", "--redirect-uri", uris[0], "--redirect-uri", uris[1])

    assert list(Application.objects.get().redirect_uris) == uris


@override_settings(OAUTHCORE={"SCOPES": {"profile": "Your profile"}, "DEFAULT_SCOPES": ["profile"]})
def test_without_scopes_it_gets_those_of_the_site():
    assert created("Printer")["scopes"] == ["profile"]


def test_trust_and_introspection_are_given_only_by_name():
    create("Plain")
    create("Chosen", "--trusted", "--may-introspect")

    plain, chosen = Application.objects.order_by("pk")
    assert (plain.is_trusted, plain.may_introspect) == (False, False)
    assert (chosen.is_trusted, chosen.may_introspect) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([""], "name: "),
        (["Printer", "--redirect-uri", "http://printer.example/cb"], "--redirect-uri: "),
        (["Printer", "--type", "public"], "--redirect-uri: "),
        (["Printer", "--scope", "everything"], "--scope: "),
        (
            ["Phone", "--type", "public", "--grant-type", "client_credentials"],
            "--grant-type: ",
        ),
        (["Printer", "--type", "secret"], "argument --type"),
        (["Printer", "--grant-type", "password"], "argument --grant-type"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_registered(arguments, named):
    with pytest.raises(CommandError, match=f"(?m)^(Error: )?{named}"):
        create(*arguments)

    assert not Application.objects.exists()


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(CommandError) as refused:
        create("Printer", "--redirect-uri", "http://printer.example/cb", "--scope", "everything")

    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "--redirect-uri",
        "--scope",
    ]


def test_a_scheme_without_a_dot_is_registered_where_the_site_lists_it(settings):
    uri = "cursor://anysphere.cursor-deeplink/cb"
    with pytest.raises(CommandError, match="--redirect-uri: A scheme of your own"):
        create("Editor", "--type", "public", "--redirect-uri", uri)
    assert not Application.objects.exists()

    settings.OAUTHCORE = settings.OAUTHCORE | {"REDIRECT_SCHEMES": ["cursor"]}
    assert created("Editor", "--type", "public", "--redirect-uri", uri)["redirect_uris"] == [uri]


@pytest.mark.rfc("7523", "2.2")
def test_an_application_with_keys_has_no_secret_and_signs(tmp_path):
    (tmp_path / "keys.json").write_text(key_set(a_key()))

    described = created("Signer", "--scope", "read", "--jwks", str(tmp_path / "keys.json"))

    sent = {"grant_type": "client_credentials", **asserted(described["client_id"], a_key())}
    assert described["client_secret"] is None
    assert post("/oauth/token", sent).json()["scope"] == "read"
    assert not Application.objects.get().client_secrets.exists()


def test_people_are_told_that_it_signs(tmp_path):
    (tmp_path / "keys.json").write_text(key_set(a_key()))

    assert "has no secret" in create("Signer", "--jwks", str(tmp_path / "keys.json"))


@pytest.mark.parametrize(
    ("content", "arguments", "problem"),
    [
        (b"[]", [], "--jwks: A key set is a JSON object"),
        (b"\xff\xfe", [], "--jwks: the file cannot be read"),
        (None, [], "--jwks: the file cannot be read"),
        (b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', [], "--jwks: "),
        (key_set(a_key()).encode(), ["--type", "public"], "--jwks: Only a confidential application"),
    ],
)
def test_keys_that_cannot_be_used_register_nothing(content, arguments, problem, tmp_path):
    file = tmp_path / "keys.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=problem):
        create("Signer", "--jwks", str(file), *arguments)

    assert not Application.objects.exists()


def test_a_site_that_takes_no_keys_says_so(tmp_path, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}

    with pytest.raises(CommandError, match="PRIVATE_KEY_JWT"):
        create("Signer", "--jwks", str(tmp_path / "keys.json"))


def test_it_has_options_for_openid_connect(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "PAIRWISE_SALT": "a salt for tests, long enough to be one",
    }
    address = "https://client.example/cb"
    options = ["--post-logout-redirect-uri", "https://client.example/out", "--pairwise"]
    options += ["--backchannel-logout-uri", "https://client.example/told", "--id-token-alg", "ES256"]
    create("Printer", "--redirect-uri", address, "--scope", "openid", *options)

    made = Application.objects.get()
    assert made.post_logout_redirect_uris == ("https://client.example/out",)
    assert made.backchannel_logout_uri == "https://client.example/told"
    assert (made.id_token_signed_response_alg, made.subject_type) == ("ES256", "pairwise")
    with pytest.raises(CommandError, match="--backchannel-logout-uri: "):
        create("Printer", "--redirect-uri", address, "--backchannel-logout-uri", "http://client.example/told")
