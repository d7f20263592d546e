"""What staff change of an application in the admin, and what they cannot."""

from __future__ import annotations

import pytest

from oauthcore.models import Application, ClientSecret, LegacySwitch, Profile
from tests.support.admin.changing import APPLICATIONS, address, events, fields_of, save
from tests.support.factories import register_public
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db


def test_staff_say_what_they_think_of_an_application_in_one_event_that_names_the_fields(editor, application):
    answer = save(editor, application, is_verified="on", is_suspended="on", access_token_lifetime="600")

    assert (answer.status_code, answer["Location"]) == (302, APPLICATIONS)
    application.refresh_from_db()
    assert application.is_verified
    assert application.is_suspended
    assert not application.is_live
    assert application.access_token_lifetime == 600
    assert events() == [
        (
            "application_changed",
            application.client_id,
            str(editor.user.pk),
            "by staff: is_verified, is_suspended, access_token_lifetime",
        )
    ]


def test_saving_without_a_change_writes_nothing(editor, application):
    before = Application.objects.values().get()

    assert save(editor, application).status_code == 302

    assert Application.objects.values().get() == before
    assert events() == []


def test_scopes_stand_in_words_in_groups_with_their_levels(editor, application, settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": False,  # it adds scopes of its own
        "SCOPES": {
            "read": {"description": "Read your profile", "group": "Profile"},
            "delete": {"description": "Delete it", "group": "Files", "level": "approval", "sensitive": True},
            "all": {"description": "Everything", "group": "Files", "includes": ["delete", "admin"]},
            "admin": {"description": "Run this place", "level": "staff"},
        },
    }

    words = text_of(editor.get(address(application)))

    assert "Profile Read your profile read" in words
    assert "Files Delete it delete Needs approval Sensitive Everything all Only staff give it" in words
    assert "Access Run this place admin Only staff give it" in words


def test_staff_give_and_take_scopes_of_any_level(editor, application, settings):
    scopes = {**settings.OAUTHCORE["SCOPES"], "admin": {"level": "staff"}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}

    save(editor, application, scopes=["read", "admin"])

    application.refresh_from_db()
    assert application.scopes == {"read", "admin"}
    assert [reason for *_, reason in events()] == ["by staff: scopes"]


def test_a_scope_that_is_taken_away_goes_from_the_default_and_required_scopes_too(editor, application):
    Application.objects.update(
        default_scopes=["read", "api.images.read"], required_scopes=["api.images.read"]
    )

    save(editor, application, scopes=["read"])

    application.refresh_from_db()
    assert (application.scopes, application.default_scopes, application.required_scopes) == (
        {"read"},
        {"read"},
        set(),
    )
    assert [reason for *_, reason in events()] == ["by staff: scopes, default_scopes, required_scopes"]


def test_an_unknown_scope_is_refused_beside_its_field(editor, application):
    page = save(editor, application, scopes=["read", "nonsense"])

    assert page.status_code == 200
    assert "scopes" in page.context["adminform"].form.errors
    assert events() == []


@pytest.mark.parametrize("value", ["0", "-1", "soon", "9" * 30])
def test_a_lifetime_that_is_none_is_refused_beside_its_field(editor, application, value):
    page = save(editor, application, access_token_lifetime=value)

    assert "access_token_lifetime" in page.context["adminform"].form.errors
    assert events() == []


def test_an_application_that_breaks_a_later_rule_can_be_suspended_all_the_same(editor, application):
    Application.objects.update(
        redirect_uris=["http://client.example/cb"], scopes=["read", "gone"], default_scopes=["gone"]
    )

    save(editor, application, is_suspended="on")

    application.refresh_from_db()
    assert application.is_suspended
    assert (application.scopes, application.default_scopes) == ({"read", "gone"}, {"gone"})
    assert [reason for *_, reason in events()] == ["by staff: is_suspended"]


def test_legacy_switches_are_boxes_in_words_on_a_legacy_application(editor, legacy):
    assert "Redirect URIs match by the beginning of their path" in text_of(editor.get(address(legacy)))

    save(editor, legacy, legacy_switches=["path_prefix"])

    legacy.refresh_from_db()
    assert legacy.legacy_switches == {"path_prefix"}
    assert [reason for *_, reason in events()] == ["by staff: legacy_switches"]


def test_an_application_of_today_is_given_no_legacy_switch(editor, application):
    page = editor.get(address(application))
    assert "legacy_switches" not in page.context["adminform"].form.fields

    save(editor, application, legacy_switches=["path_prefix"], is_verified="on")

    application.refresh_from_db()
    assert application.is_verified
    assert application.legacy_switches == set()


MASS = {
    "name": "Bank",
    "client_id": "1",
    "owner": "1",
    "profile": "oauth2.0",
    "client_type": "public",
    "redirect_uris": "https://evil.example/",
    "grant_types": "implicit",
    "default_scopes": "api.upload",
    "required_scopes": "read",
    "is_enabled": "",
    "is_self_registered": "on",
    "deleted_at": "2030-01-01",
    "created_at": "2000-01-01",
    "logo_version": "0123456789abcdef",
    "client_secrets": "known",
    "digest": "00" * 32,
}


@pytest.mark.parametrize("kind", ["today", "legacy"])
def test_what_is_not_on_the_form_is_not_changed(editor, application, legacy, kind):
    chosen = application if kind == "today" else legacy
    before = Application.objects.filter(pk=chosen.pk).values().get()
    secrets = list(ClientSecret.objects.values())

    answer = save(editor, chosen, **MASS, may_introspect="on")

    assert answer.status_code == 302
    assert Application.objects.filter(pk=chosen.pk).values().get() == {**before, "may_introspect": True}
    assert list(ClientSecret.objects.values()) == secrets
    assert [reason for *_, reason in events()] == ["by staff: may_introspect"]


@pytest.mark.parametrize("what", ["is_verified", "is_trusted"])
@pytest.mark.parametrize(
    "change",
    [
        {"name": "Photo Bank"},
        {"website": "https://bank.example"},
        {"redirect_uris": ["https://bank.example/"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_staff_vouch_for_nothing_that_came_in_place_of_what_they_looked_at(editor, application, what, change):
    fields = fields_of(editor.get(address(application))) | {what: "on"}
    for name, value in change.items():
        setattr(application, name, value)
    application.save()

    page = editor.post(address(application), {k: v for k, v in fields.items() if v is not None})

    assert "Open the page again and check it" in page.content.decode()
    application.refresh_from_db()
    assert not getattr(application, what)


def test_what_its_developer_changed_meanwhile_does_not_keep_staff_from_suspending_it(editor, application):
    fields = fields_of(editor.get(address(application))) | {"is_suspended": "on"}
    Application.objects.update(name="Photo Bank")

    editor.post(address(application), {k: v for k, v in fields.items() if v is not None})

    application.refresh_from_db()
    assert application.is_suspended
    assert application.name == "Photo Bank"


def test_staff_trust_nothing_with_scopes_that_it_took_meanwhile(editor, application):
    fields = fields_of(editor.get(address(application))) | {"is_trusted": "on"}
    Application.objects.update(scopes=frozenset(["read", "write"]))

    editor.post(address(application), {k: v for k, v in fields.items() if v is not None})

    application.refresh_from_db()
    assert not application.is_trusted


def test_a_public_application_is_not_offered_what_takes_a_secret(editor, legacy):
    offered = "Client credentials may be asked for by GET"
    assert offered in text_of(editor.get(address(legacy)))
    public = register_public(profile=Profile.OAUTH_2_0, legacy_switches=list(LegacySwitch)).application

    assert offered not in text_of(editor.get(address(public)))
    assert "PKCE is optional, and may be plain" in text_of(editor.get(address(public)))


def test_a_switch_that_is_not_offered_stays_as_it_is(editor):
    public = register_public(profile=Profile.OAUTH_2_0, legacy_switches=list(LegacySwitch)).application

    save(editor, public)
    assert events() == []
    save(editor, public, legacy_switches=["path_prefix"])

    public.refresh_from_db()
    assert public.legacy_switches == {"path_prefix", "get_credentials"}


def test_staff_choose_how_its_access_tokens_look(editor, application, settings):
    save(editor, application, access_token_format="jwt")
    application.refresh_from_db()

    assert application.access_token_format == "jwt"
    assert events()[0][3] == "by staff: access_token_format"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}
    assert "access_token_format" not in fields_of(editor.get(address(application)))
