"""Applications: what may be registered, and what is refused with a sentence for each field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.models import Application, ClientSecret, GrantType
from oauthcore.models.applications import new_client_id
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import register, register_public
from tests.support.secrets import parse

pytestmark = pytest.mark.django_db


def test_a_confidential_application_is_told_its_secret_once():
    registered = register()

    secret = parse(registered.client_secret or "")

    assert secret.kind is SecretKind.CLIENT_SECRET
    assert [(one.digest, one.hint) for one in registered.application.client_secrets.all()] == [
        (secret.digest, secret.hint)
    ]


def test_a_public_application_has_no_secret():
    assert register_public().client_secret is None
    assert not ClientSecret.objects.exists()


def test_a_new_application_is_enabled_unverified_untrusted_and_lives_under_oauth_2_1():
    application = register().application

    assert application.is_live
    assert application.profile == "oauth2.1"
    assert not any([application.is_verified, application.is_trusted, application.may_introspect])
    assert str(application) == "Photo Printer"


def test_a_generated_client_id_is_160_random_bits_and_never_a_number():
    made = {new_client_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(one.startswith("c") and len(one) == 41 and one[1:].isalnum() for one in made)


def assert_refused(field: str, **values: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        register(**values)
    assert list(refused.value.message_dict) == [field]
    assert not Application.objects.exists()
    assert not ClientSecret.objects.exists()
    return " ".join(refused.value.message_dict[field])


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/cb#x",
        "https://client.example/cb#",
        "https://client.example/*",
        "http://client.example/cb",
        "https://user:secret@client.example/cb",
        "/cb",
        "https://a/cb\nhttps://evil.example/cb",
        "https://client.example/cb\r\nSet-Cookie:a=b",
        "https://client.example/" + "x" * 2000,
        "javascript:alert(1)",
        "JAVAscript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "urn:ietf:wg:oauth:2.0:oob",
        "urn:ietf:wg:oauth:2.0:oob:auto",
    ],
)
def test_a_redirect_uri_that_could_lead_astray_is_refused_in_any_place_of_the_list(uri):
    message = assert_refused("redirect_uris", redirect_uris=["https://client.example/cb", uri])

    assert message.endswith(".")


def test_twenty_redirect_uris_may_be_registered_and_no_more():
    uris = [f"https://client.example/{number}" for number in range(21)]

    assert_refused("redirect_uris", redirect_uris=uris)
    assert register(redirect_uris=uris[:20]).application.redirect_uris == tuple(uris[:20])


def test_the_authorization_code_grant_needs_a_redirect_uri():
    assert_refused("redirect_uris", redirect_uris=[])
    assert register(redirect_uris=[], grant_types=["client_credentials"]).application.pk


@pytest.mark.rfc("6749", "A.1")
@pytest.mark.parametrize(
    "client_id",
    [
        "7",
        "007",
        "1" * 40,
        "\u0667",
        "\uff17",
        "²",
        "caf\u00e9",
        "a:b",
        "a%b",
        "a+b",
        "a\nb",
        "a\x00b",
        "a\tb",
        "a\x7f",
        "",
        "x" * 256,
    ],
)
def test_a_client_id_is_no_number_and_has_nothing_that_basic_or_a_log_could_trip_over(client_id):
    assert_refused("client_id", client_id=client_id)


@pytest.mark.parametrize("client_id", ["c7", "7c", "-7", "kept.from-before_1~!", "x" * 255])
def test_a_client_id_from_before_may_be_kept(client_id):
    assert register(client_id=client_id).client_id == client_id


def test_a_client_id_is_given_once():
    taken = register()

    with pytest.raises(ValidationError) as refused:
        register(client_id=taken.client_id)
    assert list(refused.value.message_dict) == ["client_id"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 101}),
        ("client_type", {"client_type": "secret", "grant_types": ["refresh_token"]}),
        ("profile", {"profile": "oauth1.0"}),
        ("scopes", {"scopes": ["read", "admin"]}),
        ("scopes", {"scopes": ["read:"]}),
        ("default_scopes", {"default_scopes": ["api.images.write"]}),
        ("default_scopes", {"default_scopes": ["admin"]}),
        ("grant_types", {"grant_types": ["authorization_code", "implicit"]}),
        ("grant_types", {"grant_types": ["password"]}),
        ("grant_types", {"client_type": "public", "grant_types": ["client_credentials"]}),
        ("access_token_lifetime", {"access_token_lifetime": 0}),
        ("refresh_token_lifetime", {"refresh_token_lifetime": -1}),
        ("website", {"website": "javascript:alert(1)"}),
        ("website", {"website": "ftp://client.example"}),
        ("website", {"website": "not a website"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(field, values):
    assert_refused(field, **values)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(ValidationError) as refused:
        register(scopes=["admin"], redirect_uris=["/cb"], grant_types=["password"], client_id="7")

    assert refused.value.message_dict.keys() >= {"scopes", "redirect_uris", "client_id"}


@given(st.text(max_size=60), st.sampled_from(["name", "client_id", "website", "redirect_uris", "scopes"]))
def test_validation_gives_a_verdict_on_any_text(text, field):
    values = {"name": "Photo Printer", "client_type": "confidential", field: text}
    application = Application(**values)

    for check in (application.clean_fields, application.clean):
        try:
            check()
        except ValidationError as refused:
            verdict = refused.message_dict
        else:
            verdict = {}
        assert verdict.keys() <= {field}


@pytest.mark.parametrize(
    ("values", "scopes"),
    [
        ({"scopes": ["read", "api.images.read"]}, {"read"}),
        ({"scopes": ["read", "api.images.read"], "default_scopes": ["api.images.read"]}, {"api.images.read"}),
        ({"scopes": ["api.images.read"]}, set()),
    ],
)
def test_it_asks_for_its_own_default_or_the_sites_as_far_as_it_has_that(values, scopes):
    assert register(**values).application.scopes_by_default == scopes


def test_it_may_use_the_grant_types_it_is_registered_for():
    application = register(grant_types=["client_credentials"]).application

    assert [one for one in GrantType if application.allows(one)] == [GrantType.CLIENT_CREDENTIALS]


@pytest.mark.parametrize("overlap", [timedelta(), timedelta(hours=1)])
def test_rotating_a_secret_ends_the_old_one_after_the_overlap_to_the_microsecond(overlap, clock):
    application = register().application
    old = application.client_secrets.get()

    application.rotate_secret(overlap=overlap)
    old.refresh_from_db()
    new = application.client_secrets.exclude(pk=old.pk).get()

    end = old.created_at + overlap
    assert old.is_live(end - timedelta(microseconds=1))
    assert not old.is_live(end)
    assert new.is_live(end + timedelta(days=36500))


def test_rotating_again_ends_the_oldest_secret_so_that_two_are_live_at_the_most(clock):
    application = register().application
    first = application.client_secrets.get()
    application.rotate_secret(overlap=timedelta(hours=1))
    second = application.client_secrets.exclude(pk=first.pk).get()

    clock.shift(timedelta(minutes=10))
    application.rotate_secret(overlap=timedelta(days=5))

    first.refresh_from_db()
    second.refresh_from_db()
    assert not first.is_live(timezone.now())
    assert second.expires_at == timezone.now() + timedelta(days=5)


def test_rotating_again_never_lengthens_the_life_of_a_secret_that_ends_sooner(clock):
    application = register().application
    first = application.client_secrets.get()
    application.client_secrets.update(expires_at=first.created_at + timedelta(hours=1))

    application.rotate_secret(overlap=timedelta(days=5))

    first.refresh_from_db()
    assert first.expires_at == first.created_at + timedelta(hours=1)


def test_a_secret_shows_four_characters_of_itself_and_no_more():
    registered = register()

    shown = str(registered.application.client_secrets.get())

    assert registered.client_secret[-4:] in shown
    assert registered.client_secret[-5:] not in shown
