"""The settings on docs/relying-parties.md agree with each other, with the commands and with the site."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.support.clients.software import PAGE, SOFTWARE, redirect_uris_of, scopes_of
from tests.support.markdown import rows, section
from tests.support.relying_party import ISSUER, configuration

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("no row decides what is shown here"),
]

every_software = pytest.mark.parametrize("name", SOFTWARE)


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    """A site with OpenID Connect."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}


@every_software
def test_the_table_says_how_it_sends_its_secret(name: str) -> None:
    [row] = [row for row in rows(PAGE) if row[0].startswith(f"[{name}](")]
    software = SOFTWARE[name]

    words = {"body": "in the body", "header": "in the header", "none": "has none"}
    assert row[2] == words[software.secret.removeprefix("quoted ")]
    reads = {True: "userinfo", False: "the id token"}
    assert reads[software.reads_userinfo] in row[3]


def test_the_page_has_one_recipe_for_each_software() -> None:
    headings = set(re.findall(r"(?m)^## (.*)$", PAGE)) - {"What they have in common"}

    assert headings == set(SOFTWARE)


@every_software
def test_the_settings_name_the_redirect_uri_and_the_scopes_that_are_registered(name: str) -> None:
    scopes = scopes_of(name)

    assert scopes == set(SOFTWARE[name].asks["scope"].split())
    text = re.sub(r"(?m)^.*--scope .*$", "", section(PAGE, name))
    for written in re.findall(r'(?i)scopes?"?[ =:]*"?(openid[a-z ]+)', text):
        assert set(written.split()) == scopes
    host = urlsplit(redirect_uris_of(name)[0]).netloc
    assert set(re.findall(r"https(?:://|%3A%2F%2F)([a-z.]+)", text)) <= {host, "example.org"}


def addresses_in(text: str) -> set[str]:
    """Return the addresses of the site in a text, with the address of the site under test."""
    found = re.findall(r'https://example\.org[^\s"`?,]*', text)
    return {one.replace("https://example.org", ISSUER) for one in found}


@every_software
def test_the_settings_name_addresses_that_the_discovery_document_names(name: str) -> None:
    document = configuration()
    known = {value for value in document.values() if isinstance(value, str)}

    named = addresses_in(section(PAGE, name))
    assert named <= {*known, f"{ISSUER}/.well-known/openid-configuration"}


def logout_address(name: str) -> dict[str, list[str]]:
    """Return the parameters of the logout address in the settings."""
    [found] = re.findall(r"https://example\.org/oauth/logout\?(\S+)", section(PAGE, name))
    return parse_qs(found)


def test_grafana_names_its_own_login_page_for_the_way_back() -> None:
    [address] = logout_address("Grafana")["post_logout_redirect_uri"]

    assert address in section(PAGE, "Grafana").replace(quote(address, safe=""), "")
