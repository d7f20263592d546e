"""What an application of django-oauth-toolkit becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from oauthcore.rules.imports import django_oauth_toolkit as rules
from oauthcore.rules.imports.django_oauth_toolkit import (
    Site,
    base_of,
    damage_in,
    read_application,
    reason_to_leave,
)
from oauthcore.rules.imports.values import Damaged
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND

pytestmark = pytest.mark.sqlite_only("rules know no database")

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CALLBACK = "https://printer.example/callback"
SITE = Site(scopes=frozenset({"read", "write"}), default_scopes=frozenset({"read"}), origins=["*"])


def row(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": "printer",
        "user_id": 7,
        "redirect_uris": CALLBACK,
        "client_type": "confidential",
        "authorization_grant_type": "authorization-code",
        "name": "Photo Printer",
        "skip_authorization": False,
        "created": datetime(2024, 5, 6, tzinfo=UTC),
        **changes,
    }


def values(site: Site = SITE, **changes: Any) -> dict[str, Any]:
    return read_application(row(**changes), site).values


def notes(site: Site = SITE, **changes: Any) -> list[str]:
    return read_application(row(**changes), site).notes


def test_an_application_that_oauth_2_1_allows_is_one_and_keeps_what_it_is_known_by():
    read = read_application(row(skip_authorization=True), SITE)

    assert read.notes == []
    assert read.values == {
        "client_id": "printer",
        "name": "Photo Printer",
        "client_type": "confidential",
        "profile": "oauth2.1",
        "legacy_switches": frozenset(),
        "redirect_uris": (CALLBACK,),
        "post_logout_redirect_uris": (),
        "grant_types": frozenset({"authorization_code", "refresh_token"}),
        "scopes": SITE.scopes,
        "default_scopes": SITE.default_scopes,
        "owner_id": 7,
        "is_trusted": True,
        "is_self_registered": False,
        "created_at": datetime(2024, 5, 6, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("changes", "grant_types", "profile", "note"),
    [
        ({"authorization_grant_type": "client-credentials"}, {"client_credentials"}, "oauth2.1", None),
        ({"authorization_grant_type": DEVICE}, {DEVICE, "refresh_token"}, "oauth2.1", None),
        ({"authorization_grant_type": "implicit"}, {"implicit"}, "oauth2.0", rules.IS_LEGACY),
        ({"authorization_grant_type": "password"}, {"refresh_token"}, "oauth2.1", rules.NO_PASSWORDS),
        (
            {"authorization_grant_type": "openid-hybrid"},
            {"authorization_code", "refresh_token"},
            "oauth2.1",
            rules.ONLY_CODES,
        ),
        (
            {"authorization_grant_type": "client-credentials", "client_type": "public"},
            set(),
            "oauth2.1",
            rules.NO_SECRET_FOR_ITSELF,
        ),
    ],
)
def test_each_grant_type_has_its_place_or_is_noted(changes, grant_types, profile, note):
    read = read_application(row(**changes), SITE)

    assert (read.values["grant_types"], read.values["profile"]) == (grant_types, profile)
    assert read.values["legacy_switches"] == frozenset()
    assert read.notes == ([] if note is None else [note])


@pytest.mark.parametrize("uri", ["printer://callback", OUT_OF_BAND])
def test_an_address_that_only_oauth_2_0_allows_makes_the_application_one_without_other_switches(uri):
    read = read_application(row(redirect_uris=f"{CALLBACK}\r\n{uri} {uri}"), SITE)

    assert read.values["redirect_uris"] == (CALLBACK, uri)
    assert (read.values["profile"], read.values["legacy_switches"]) == ("oauth2.0", frozenset())
    assert read.notes == [rules.IS_LEGACY]


def test_a_scheme_that_the_site_names_needs_no_legacy_profile():
    site = Site(schemes=["printer"], scopes=SITE.scopes, origins=["*"])

    assert values(site, redirect_uris="printer://callback")["profile"] == "oauth2.1"


@pytest.mark.parametrize("uri", ["http://printer.example/callback", "https://*.printer.example/callback"])
def test_an_address_that_no_profile_allows_is_left_and_noted(uri):
    read = read_application(row(redirect_uris=uri), SITE)

    assert (read.values["redirect_uris"], read.values["profile"]) == ((), "oauth2.1")
    assert read.notes[0].startswith(f"the address {uri} is not taken: ")
    assert read.notes[1:] == [rules.NO_URI]


def test_addresses_beyond_the_twentieth_are_left():
    read = read_application(row(redirect_uris=" ".join(f"{CALLBACK}/{one}" for one in range(21))), SITE)

    assert len(read.values["redirect_uris"]) == 20
    assert [one.split()[2] for one in read.notes] == [f"{CALLBACK}/20"]


@pytest.mark.parametrize("name", ["Lumen \u202egro.", "Lumen\nOK", "\x1b[2J", "\u200b"])
def test_a_name_that_controls_how_text_is_shown_is_left_and_noted(name):
    read = read_application(row(name=name), SITE)

    assert (read.values["name"], read.notes) == ("printer", [rules.ODD_NAME])


def test_where_pkce_was_optional_an_application_that_uses_codes_keeps_that_and_no_other_does():
    site = Site(pkce_is_required=False, origins=["*"])

    assert values(site)["legacy_switches"] == frozenset({"optional_pkce"})
    assert notes(site) == [rules.PKCE_IS_OPTIONAL]
    assert values(site, authorization_grant_type="client-credentials")["profile"] == "oauth2.1"


def test_openid_settings_are_taken_where_there_are_such():
    after_logout = f"{CALLBACK}/bye"
    site = Site(origins=["*"], has_openid=True)

    assert values(site, post_logout_redirect_uris=after_logout)["post_logout_redirect_uris"] == (
        after_logout,
    )
    assert notes(site, algorithm="RS256") == []
    assert notes(site, algorithm="HS256") == [rules.NO_HS256]
    assert notes(algorithm="RS256") == [rules.NO_OPENID]


def test_origins_that_may_not_call_the_site_are_noted():
    site = Site(origins=["https://a.example"])

    assert notes(site, allowed_origins="https://a.example") == []
    assert notes(site, allowed_origins="https://a.example https://b.example") == [rules.OTHER_ORIGINS]


def test_a_name_is_shortened_and_made_of_the_client_id_where_there_is_none():
    assert values(name="x" * 255)["name"] == "x" * 100
    assert values(name="")["name"] == "printer"


def test_an_application_that_registered_itself_stays_one():
    assert values(registration_source="dcr")["is_self_registered"]


@pytest.mark.parametrize("token_checksum", [None, ""])
def test_a_token_has_a_text_or_a_checksum(token_checksum):
    row = {"token": "", "token_checksum": token_checksum, "created": datetime(2024, 5, 6, tzinfo=UTC)}

    with pytest.raises(Damaged):
        base_of(row)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_type": "secret"},
        {"authorization_grant_type": "magic"},
        {"created": None},
    ],
)
def test_what_the_package_cannot_have_written_is_damage(changes):
    assert damage_in(row()) is None
    assert damage_in(row(**changes))


def test_an_application_without_a_usable_client_id_or_with_a_document_is_left():
    assert reason_to_leave("printer") is None
    assert reason_to_leave("a:b")
    assert reason_to_leave("https://client.example/", "cimd") == rules.DESCRIBED
