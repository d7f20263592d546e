"""Pairwise subjects (OpenID Connect Core §8.1)."""

from __future__ import annotations

import pytest

from oauthcore.rules.oidc.subjects import pairwise, sector_of

HOST = "https://a.example/cb"


@pytest.mark.openid("core", "8.1")
@pytest.mark.parametrize(
    ("sector_identifier_uri", "redirect_uris", "sector"),
    [
        ("", [HOST], "a.example"),
        ("", [HOST, "https://A.example/other"], "a.example"),
        ("", ["https://a.example:8443/cb"], "a.example:8443"),
        ("https://group.example/uris.json", [HOST, "https://b.example/cb"], "group.example"),
    ],
    ids=str,
)
def test_the_sector_is_a_host(sector_identifier_uri: str, redirect_uris: list[str], sector: str) -> None:
    assert sector_of("c1", sector_identifier_uri, redirect_uris) == sector


@pytest.mark.parametrize(
    "redirect_uris",
    [
        [],
        [HOST, "https://b.example/cb"],
        ["http://127.0.0.1/cb"],
        ["https://localhost/cb"],
        ["com.example.app:/cb"],
        ["urn:ietf:wg:oauth:2.0:oob"],
        [HOST, "com.example.app:/cb"],
    ],
    ids=str,
)
def test_an_application_without_a_host_of_its_own_is_a_sector_of_its_own(redirect_uris: list[str]) -> None:
    assert sector_of("c1", "", redirect_uris) == "c1"


@pytest.mark.openid("core", "8.1")
def test_a_subject_depends_on_salt_sector_and_person_and_on_nothing_else() -> None:
    subject = pairwise("salt", "a.example", "1")

    assert subject == pairwise("salt", "a.example", "1")
    others = [("pepper", "a.example", "1"), ("salt", "b.example", "1"), ("salt", "a.example", "2")]
    assert len({subject, *(pairwise(*one) for one in others)}) == 4
    assert pairwise("salt", "a", "b") != pairwise("salt", "ab", "")
