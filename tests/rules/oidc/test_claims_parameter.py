"""Reading the parameter ``claims`` (OpenID Connect Core §5.5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.oidc.claims_parameter import LONGEST, ClaimsParameter, WantedClaim


def parsed(document: Any) -> ClaimsParameter:
    return ClaimsParameter.parse(json.dumps(document))


def test_without_the_parameter_nothing_is_wanted() -> None:
    assert ClaimsParameter.parse(None) == ClaimsParameter({}, {})


def test_claims_are_wanted_in_each_place_with_or_without_values() -> None:
    read = parsed(
        {
            "userinfo": {"email": None, "name": {"essential": True, "purpose": "greeting"}},
            "id_token": {"acr": {"values": ["mfa", 3], "value": "pwd"}},
            "verified_claims": {},
        }
    )

    assert read.userinfo == {"email": WantedClaim(), "name": WantedClaim(is_essential=True)}
    assert read.acr == WantedClaim(values=("pwd", "mfa", 3))
    assert read.acr.texts == ("pwd", "mfa")


@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_a_place_may_be_null(place: str) -> None:
    assert parsed({place: None}) == ClaimsParameter()


@pytest.mark.parametrize(("how", "needs"), [(None, False), ({"essential": True}, True)])
def test_the_time_of_the_login_is_needed_if_auth_time_is_essential(how: Any, needs: bool) -> None:
    assert parsed({"id_token": {"auth_time": how}}).needs_time_of_login is needs
    assert not parsed({"userinfo": {"auth_time": how}}).needs_time_of_login


@pytest.mark.parametrize(
    ("document", "allows"),
    [
        ({}, True),
        ({"id_token": {"sub": None}}, True),
        ({"id_token": {"sub": {"value": "ada"}}}, True),
        ({"userinfo": {"sub": {"values": ["ben", "ada"]}}}, True),
        ({"id_token": {"sub": {"value": "ben"}}}, False),
        ({"id_token": {"sub": {"value": "ada"}}, "userinfo": {"sub": {"value": "ben"}}}, False),
        ({"id_token": {"sub": {"value": 7}}}, False),
    ],
)
def test_a_request_for_a_person_is_for_nobody_else(document: Any, allows: bool) -> None:
    assert parsed(document).allows_subject("ada") is allows


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"userinfo"',
        '{"userinfo": []}',
        '{"id_token": "email"}',
        '{"userinfo": {"email": true}}',
        '{"userinfo": {"email": {"essential": "yes"}}}',
        '{"userinfo": {"email": {"values": "a"}}}',
        '{"userinfo": {"email": null, "email": null}}',
        '{"userinfo": {"email": {"value": NaN}}}',
        '{"userinfo": {"email": {"value": "\\u0000"}}}',
        "[" * 100,
        "\ud800",
    ],
)
def test_a_text_of_another_form_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ClaimsParameter.parse(text)

    assert "claim" in refused.value.description


def test_the_parameter_has_a_maximum_length() -> None:
    text = json.dumps({"userinfo": {"email": None}})

    assert ClaimsParameter.parse(text + " " * (LONGEST - len(text))).userinfo
    with pytest.raises(InvalidRequest, match="4096 bytes"):
        ClaimsParameter.parse(text + " " * (LONGEST - len(text) + 1))
