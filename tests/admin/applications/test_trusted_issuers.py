"""Trusted issuers and their people in the admin, and the grant types that only staff give."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Application, IssuerSubject, SecurityEvent, TrustedIssuer
from tests.support.admin.changing import address, events, fields_of, save
from tests.support.enterprise import trusted
from tests.support.factories import UserFactory, register, register_public
from tests.support.jose import a_key, key_set, new_key, public
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db

ISSUERS = "/admin/oauthcore/trustedissuer/"
PEOPLE = "/admin/oauthcore/issuersubject/"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
MANAGED = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "TOKEN_EXCHANGE": True,
        "ENTERPRISE_MANAGED_AUTHORIZATION": True,
        "PRIVATE_KEY_JWT": True,
    }


@pytest.fixture
def boss():
    """Staff who may do everything."""
    browser = Client()
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))
    return browser


def form(**changes):
    return {
        "name": "Acme",
        "issuer": "https://login.acme.example",
        "is_enabled": "on",
        "jwks": key_set(public(a_key(), x5u="https://evil.example")),
        "jwks_uri": "",
        **changes,
    }


def change(boss, issuer, **changes):
    """Open the page, make the changes, and save it; a change to None leaves the field out."""
    page = f"{ISSUERS}{issuer.pk}/change/"
    fields = fields_of(boss.get(page)) | changes
    return boss.post(page, {name: value for name, value in fields.items() if value is not None})


def test_staff_trust_an_issuer_and_keep_only_its_public_keys(boss):
    answer = boss.post(f"{ISSUERS}add/", form())

    issuer = TrustedIssuer.objects.get()
    assert answer.status_code == 302
    assert json.loads(issuer.jwks) == {"keys": [public(a_key(), use="sig")]}
    assert SecurityEvent.objects.get().kind == "issuer_changed"
    assert SecurityEvent.objects.get().reason == "trusted issuer Acme: added"


@pytest.mark.parametrize("path", [ISSUERS, PEOPLE])
def test_a_form_for_a_new_row_has_no_times_yet(boss, path):
    assert "Times" not in text_of(boss.get(f"{path}add/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jwks": ""}, "Give the public keys, or their address."),
        ({"jwks": "not JSON"}, "A key set is JSON."),
        ({"jwks": json.dumps({"keys": [a_key().as_dict(private=True)]})}, "private or symmetric"),
        ({"jwks": "", "jwks_uri": "http://login.acme.example/keys"}, "does not begin with https://"),
    ],
)
def test_an_issuer_without_keys_that_can_be_used_is_refused_in_words(boss, changes, words):
    answer = boss.post(f"{ISSUERS}add/", form(**changes))

    assert words in text_of(answer)
    assert not TrustedIssuer.objects.exists()


@pytest.mark.parametrize("changes", [{}, {"name": ""}], ids=["alone", "beside another mistake"])
@pytest.mark.parametrize("ending", ["", "}"], ids=["a set", "no JSON"])
def test_a_private_key_that_was_pasted_is_not_shown_again_and_the_page_says_why(boss, ending, changes):
    private = a_key().as_dict(private=True)

    answer = boss.post(f"{ISSUERS}add/", form(jwks=json.dumps({"keys": [private]}) + ending, **changes))

    assert "This is a private or symmetric key" in text_of(answer)
    assert private["d"] not in answer.content.decode()


def test_public_keys_with_a_mistake_beside_them_are_shown_again(boss):
    answer = boss.post(f"{ISSUERS}add/", form(name=""))

    assert public(a_key())["x"] in answer.content.decode()


def test_the_keys_of_an_issuer_may_be_at_an_address(boss):
    boss.post(f"{ISSUERS}add/", form(jwks="", jwks_uri="https://login.acme.example/keys"))

    assert TrustedIssuer.objects.get().keys == ()


def test_an_issuer_is_changed_and_removed_with_events(boss):
    issuer = trusted()
    page = f"{ISSUERS}{issuer.pk}/"

    change(boss, issuer, is_enabled=None, jwks=key_set(new_key()))
    change(boss, issuer)
    boss.post(f"{page}delete/", {"post": "yes"})

    reasons = SecurityEvent.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["trusted issuer Acme: is_enabled, jwks", "trusted issuer Acme: removed"]
    assert not TrustedIssuer.objects.exists()


def test_another_address_leaves_no_keys_of_the_one_before(boss):
    issuer = trusted(jwks_uri="https://login.acme.example/keys", keys_fetched_at=timezone.now())

    change(boss, issuer, jwks_uri="https://new.acme.example/keys")

    found = TrustedIssuer.objects.get()
    assert (found.keys, found.keys_fetched_at) == ((), None)


def test_keys_that_were_typed_beside_an_address_are_read_from_there_before_their_use(boss):
    issuer = trusted(jwks_uri="https://login.acme.example/keys", keys_fetched_at=timezone.now())

    change(boss, issuer, jwks=key_set(new_key()))

    assert TrustedIssuer.objects.get().keys_fetched_at is None


def test_a_form_leaves_what_others_have_changed_since_it_was_opened(boss):
    issuer, new = trusted(), key_set(new_key())
    fields = fields_of(boss.get(f"{ISSUERS}{issuer.pk}/change/"))
    TrustedIssuer.objects.update(is_enabled=False, jwks=new)

    boss.post(f"{ISSUERS}{issuer.pk}/change/", {**fields, "name": "Other"})

    found = TrustedIssuer.objects.get()
    assert (found.name, found.is_enabled, found.jwks) == ("Other", False, new)


def test_issuers_are_listed_and_found_by_their_beginning(boss):
    trusted()
    trusted(issuer="https://login.other.example", name="Other")

    found = boss.get(ISSUERS, {"q": "https://login.ac"}).context["cl"].queryset

    assert [one.name for one in found] == ["Acme"]
    assert "Other" in text_of(boss.get(ISSUERS))
    assert "delete_selected" not in text_of(boss.get(ISSUERS))


def test_staff_say_whom_an_issuer_means(boss):
    issuer, ada = trusted(), UserFactory(username="ada")

    boss.post(f"{PEOPLE}add/", {"issuer": issuer.pk, "subject": "ada@acme", "user": ada.pk})

    assert IssuerSubject.person(issuer, "ada@acme") == ada
    for term in ("ada@acme", "ada"):
        assert boss.get(PEOPLE, {"q": term}).context["cl"].queryset.count() == 1
    assert boss.get(PEOPLE, {"q": "acme"}).context["cl"].queryset.count() == 0
    assert SecurityEvent.objects.get().reason.startswith("person of an issuer ada@acme")


def test_staff_without_the_permission_add_no_issuer(editor):
    assert editor.get(f"{ISSUERS}add/").status_code == 403
    assert editor.post(f"{ISSUERS}add/", form()).status_code == 403


def test_staff_give_and_take_grant_types_that_developers_cannot_choose(editor, application):
    before = frozenset(application.grant_types)

    save(editor, application, staff_grant_types=[EXCHANGE, MANAGED])
    application.refresh_from_db()
    assert application.grant_types == before | {EXCHANGE, MANAGED}

    save(editor, application, staff_grant_types=[MANAGED])
    application.refresh_from_db()
    assert application.grant_types == before | {MANAGED}
    assert [reason for *_, reason in events()] == ["by staff: grant_types"] * 2


def test_saving_something_else_leaves_the_grant_types_as_they_are(editor, application):
    save(editor, application, staff_grant_types=[EXCHANGE])

    save(editor, application, is_verified="on")

    application.refresh_from_db()
    assert EXCHANGE in application.grant_types


@pytest.mark.parametrize(
    "make", [register_public, lambda **how: register(profile="oauth2.0", **how)], ids=["public", "legacy"]
)
def test_public_and_legacy_applications_are_offered_none(editor, make):
    application = make(name="Other").application

    assert "Grant types that staff give" not in text_of(editor.get(address(application)))
    save(editor, application, staff_grant_types=[EXCHANGE], is_verified="on")
    assert EXCHANGE not in Application.objects.get(pk=application.pk).grant_types


def test_nothing_is_offered_that_the_site_has_not(editor, application, settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "TOKEN_EXCHANGE": False,
        "ENTERPRISE_MANAGED_AUTHORIZATION": False,
    }

    assert "Grant types that staff give" not in text_of(editor.get(address(application)))


def test_the_keys_of_an_application_and_their_last_use_are_shown(editor, application):
    from oauthcore.flows.applications.client_keys import set_keys

    set_keys(application, key_set(public(a_key(), kid="2026-11")), user=None)

    assert "2026-11 (ES256), never used" in text_of(editor.get(address(application)))
