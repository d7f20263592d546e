"""What an id token says (OpenID Connect Core §2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oauthcore.rules.oauth.step_up import UNKNOWN_LOGIN, Login
from oauthcore.rules.oidc.id_tokens import CLAIMS, IDToken, at_hash

NOW = datetime(2030, 6, 15, 12, tzinfo=UTC)


def token(login: Login = UNKNOWN_LOGIN, **values: object) -> IDToken:
    common = {"issuer": "https://a.example", "subject": "s", "client_id": "c", "login": login}
    return IDToken(**common, issued_at=NOW, expires_at=NOW + timedelta(minutes=10), **values)  # type: ignore[arg-type]


@pytest.mark.openid("core", "3.1.3.6")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_the_hash_of_the_access_token_is_that_of_the_example(algorithm: str) -> None:
    """The example of OpenID Connect Core, Appendix A.3."""
    assert at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", algorithm) == "77QmUPtjPfzWtF2AnpK9RQ"


@pytest.mark.openid("core", "2")
def test_unknown_values_are_left_out() -> None:
    assert token().claims("token", "ES256") == {
        "iss": "https://a.example",
        "sub": "s",
        "aud": "c",
        "azp": "c",
        "iat": NOW.timestamp(),
        "exp": NOW.timestamp() + 600,
        "at_hash": at_hash("token", "ES256"),
    }


@pytest.mark.openid("core", "2")
def test_it_says_when_and_how_the_person_logged_in() -> None:
    login = Login(NOW - timedelta(hours=1), "mfa", ("pwd", "otp", "mfa"))
    claims = token(login, nonce="n", sid="session").claims("token", "ES256")

    assert (claims["auth_time"], claims["acr"]) == (NOW.timestamp() - 3600, "mfa")
    assert (claims["amr"], claims["nonce"], claims["sid"]) == (["pwd", "otp", "mfa"], "n", "session")


@pytest.mark.openid("core", "5.1")
@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_about_the_person_replaces_a_claim_of_the_site(name: str) -> None:
    plain = token().claims("token", "ES256")

    assert token(person={name: "forged", "email": "e"}).claims("token", "ES256") == {**plain, "email": "e"}
