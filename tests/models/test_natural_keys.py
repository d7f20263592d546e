"""Applications in fixtures: written without primary keys, and loaded into another database."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command

from oauthcore.models import (
    Application,
    ApplicationLogo,
    ClientKey,
    ClientSecret,
    IssuerSubject,
    ScopeRequest,
    TrustedIssuer,
)
from oauthcore.models.natural_keys import KeyedModel
from tests.support.factories import PASSWORD, UserFactory, register

pytestmark = pytest.mark.django_db

KEYED = [one for one in apps.get_app_config("oauthcore").get_models() if issubclass(one, KeyedModel)]
LABELS = [one._meta.label_lower for one in KEYED]


@pytest.fixture
def fixture(tmp_path):
    """Write a fixture of every kind of row with a natural key, and return its path."""
    owner = UserFactory(username="grace")
    application = register(client_id="photo-printer", owner=owner, default_scopes=["read"]).application
    ClientKey.objects.create(application=application, thumbprint=b"t" * 32, name="first", jwk="{}")
    ScopeRequest.objects.create(application=application, scope="api.images.write", reason="to print")
    ApplicationLogo.objects.create(application=application, png=b"png")
    issuer = TrustedIssuer.objects.create(issuer="https://idp.example", name="Acme", jwks="{}")
    IssuerSubject.objects.create(issuer=issuer, subject="ada", user=owner)
    path = tmp_path / "applications.json"
    call_command("dumpdata", *LABELS, "--natural-foreign", "--natural-primary", output=str(path))
    return path


def empty():
    for one in (Application, TrustedIssuer):
        one.objects.all().delete()


def test_the_models_with_natural_keys_are_applications_and_what_belongs_to_their_set_up():
    assert set(KEYED) == {
        Application,
        ApplicationLogo,
        ClientKey,
        ScopeRequest,
        TrustedIssuer,
        IssuerSubject,
    }


def test_applications_are_written_to_a_fixture_and_loaded_where_the_numbers_are_others(fixture):
    before = Application.objects.get()
    empty()
    register(client_id="another", name="Takes the number of the first")
    get_user_model().objects.get(username="grace").delete()
    grace = UserFactory(username="grace")

    call_command("loaddata", str(fixture), verbosity=0)

    loaded = Application.objects.get(client_id="photo-printer")
    assert (loaded.name, loaded.owner, loaded.client_type) == (before.name, grace, before.client_type)
    assert (loaded.scopes, loaded.default_scopes) == (frozenset(before.scopes), frozenset(["read"]))
    assert loaded.redirect_uris == tuple(before.redirect_uris)
    assert [bytes(one.thumbprint) for one in loaded.client_keys.all()] == [b"t" * 32]
    assert [one.scope for one in loaded.scope_requests.all()] == ["api.images.write"]
    assert bytes(loaded.logo.png) == b"png"
    assert IssuerSubject.person(TrustedIssuer.objects.get(), "ada") == grace


def test_loading_twice_changes_the_rows_and_makes_no_others(fixture):
    Application.objects.update(name="Changed meanwhile")
    call_command("loaddata", str(fixture), verbosity=0)
    call_command("loaddata", str(fixture), verbosity=0)

    assert [one.objects.count() for one in KEYED] == [1] * len(KEYED)
    assert Application.objects.get().name == "Photo Printer"


def test_a_fixture_names_no_number_and_holds_no_secret_nor_its_digest(fixture):
    secret = ClientSecret.objects.get()
    written = fixture.read_text()

    assert all("pk" not in row for row in json.loads(written))
    for trace in (secret.hint, bytes(secret.digest).hex(), PASSWORD):
        assert trace not in written
    assert "clientsecret" not in written


def test_an_application_of_a_fixture_has_no_secret_until_it_is_given_one(fixture):
    empty()
    call_command("loaddata", str(fixture), verbosity=0)

    application = Application.objects.get()
    assert not application.client_secrets.exists()
    assert application.rotate_secret()
