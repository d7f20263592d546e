"""What an application registers about OpenID Connect, as it is read."""

from __future__ import annotations

import pytest

from oauthcore.rules.oidc.client_members import OpenIDMembers, problem_with_sector

pytestmark = pytest.mark.sqlite_only("a rule reads no row")


@pytest.mark.openid("registration", "2")
def test_members_that_are_not_sent_have_their_defaults():
    members = OpenIDMembers.parse({"subject_type": None, "post_logout_redirect_uris": None})

    assert members == OpenIDMembers()
    assert (members.id_token_signed_response_alg, members.subject_type) == ("RS256", "public")


def test_everything_that_is_sent_is_read():
    sent = {
        "id_token_signed_response_alg": "ES256",
        "subject_type": "pairwise",
        "sector_identifier_uri": "https://a.example/sector",
        "post_logout_redirect_uris": ["https://a.example/out", "https://a.example/out"],
        "backchannel_logout_uri": "https://a.example/told",
        "backchannel_logout_session_required": True,
    }

    assert OpenIDMembers.parse(sent) == OpenIDMembers(
        **{**sent, "post_logout_redirect_uris": ("https://a.example/out",)}
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("id_token_signed_response_alg", ["RS256"]),
        ("subject_type", "private"),
        ("sector_identifier_uri", 1),
        ("backchannel_logout_uri", ["https://a.example"]),
        ("backchannel_logout_uri", "x" * 2001),
        ("post_logout_redirect_uris", "https://a.example"),
        ("post_logout_redirect_uris", [1]),
        ("post_logout_redirect_uris", ["x"] * 21),
        ("backchannel_logout_session_required", "true"),
    ],
)
def test_the_error_names_a_member_of_a_wrong_type(name, value):
    with pytest.raises(ValueError, match=name):
        OpenIDMembers.parse({name: value})


@pytest.mark.openid("registration", "5")
def test_the_document_of_a_sector_lists_every_redirect_uri():
    uris = ["https://a.example/cb", "https://b.example/cb"]

    assert problem_with_sector([*uris, "https://c.example/cb"], uris) is None
    assert "every redirect URI" in str(problem_with_sector(uris[:1], uris))
    for document in ({}, "x", [1], None):
        assert "list of strings" in str(problem_with_sector(document, uris))
