"""``revoke_leaked``: ends what a text holds, says what each was, and repeats none of it."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.service_tokens.service_tokens import rotate
from oauthcore.models import Grant, SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import UserFactory, register, sign_in_token
from tests.support.oauth import OAuthClient, is_live
from tests.support.reference_site.factories import AccountFactory, MembershipFactory
from tests.support.service_tokens.commands import made

pytestmark = pytest.mark.django_db


def outcomes(found: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in found]


def leaked_events() -> list[tuple[str, Any]]:
    rows = SecurityEvent.objects.filter(reason="leaked").order_by("pk")
    return list(rows.values_list("kind", "grant_uuid"))


def client_token(oauth: OAuthClient) -> str:
    text: str = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]
    return text


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_token_of_an_application_ends_its_grant(oauth, told, which):
    tokens = oauth.tokens()

    [found] = told(tokens[which])

    grant = Grant.objects.get()
    assert found == {
        "line": 1,
        "outcome": "ended",
        "kind": which.removesuffix("_token"),
        "hint": tokens[which][-4:],
        "extent": "grant",
        "application": "Photo Printer",
        "client_id": oauth.registered.client_id,
        "user": "grace",
        "account": None,
        "name": None,
        "grant": str(grant.uuid),
        "remedy": "",
    }
    assert not is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert leaked_events() == [("revoked", grant.uuid)]
    assert grant.revoked_reason == "leaked"


def test_one_that_could_no_longer_be_used_itself_ends_its_grant_too(clock, oauth, told):
    tokens = oauth.tokens()
    code = oauth.code()
    latest = oauth.refresh(tokens["refresh_token"]).json()
    clock.shift(timedelta(hours=2))

    assert outcomes(told(tokens["refresh_token"])) == ["ended"]
    assert oauth.refresh(latest["refresh_token"]).status_code == 400
    assert outcomes(told(code)) == ["ended"]


def test_a_session_of_a_device_ends_with_its_token(told):
    membership = MembershipFactory()
    text = sign_in_token(membership.user, membership.account.uuid)

    [found] = told(text)

    assert (found["user"], found["name"], found["application"]) == (membership.user.username, "Phone", None)
    assert not is_live(text)


def test_a_code_burns_its_grant(oauth, told):
    code = oauth.code()

    [found] = told(f"https://client.example/cb?code={code}&state=x")

    assert (found["kind"], found["outcome"], found["user"]) == ("code", "ended", "grace")
    assert oauth.redeem(code).json()["error"] == "invalid_grant"
    assert leaked_events() == [("revoked", Grant.objects.get().uuid)]


def test_a_used_code_takes_its_tokens_along(oauth, told):
    code = oauth.code()
    tokens = oauth.redeem(code).json()

    assert outcomes(told(code)) == ["ended"]
    assert not is_live(tokens["access_token"])


def test_a_service_token_is_revoked(told):
    token, text = made(account := AccountFactory())

    [found] = told(text)

    assert (found["outcome"], found["extent"], found["name"]) == ("ended", "grant", "Nightly export")
    assert (found["account"], found["grant"]) == (str(account.uuid), str(token.uuid))
    assert not is_live(text)
    token.refresh_from_db()
    assert token.revoked_reason == "leaked"
    assert leaked_events() == [("revoked", token.uuid)]


def test_a_service_token_that_has_expired_is_revoked_too_for_staff_could_give_it_a_later_end(told, clock):
    token, text = made(expires_at=timezone.now() + timedelta(days=1))
    clock.shift(timedelta(days=2))

    assert outcomes(told(text)) == ["ended"]
    assert leaked_events() == [("revoked", token.uuid)]


def test_of_a_service_token_in_rotation_only_the_secret_that_leaked_ends(told):
    token, old = made()
    new = rotate(token, overlap=timedelta(days=1), staff=None).reveal()

    [found] = told(old)

    assert (found["outcome"], found["extent"]) == ("ended", "secret")
    assert not is_live(old)
    assert is_live(new)
    assert leaked_events() == [("revoked", token.uuid)]


def test_when_both_leaked_the_service_token_is_revoked(told):
    token, old = made()
    new = rotate(token, overlap=timedelta(days=1), staff=None).reveal()

    assert [one["extent"] for one in told(old, new)] == ["secret", "grant"]
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_secret_that_was_rotated_in_time_costs_nothing(told, clock):
    token, old = made()
    new = rotate(token, overlap=timedelta(), staff=None).reveal()
    again = rotate(token, overlap=timedelta(hours=1), staff=None).reveal()
    clock.shift(timedelta(hours=1))

    assert outcomes(told(old, new)) == ["over", "over"]
    assert is_live(again)
    assert leaked_events() == []


def test_a_token_that_an_application_has_for_itself_ends_alone(oauth, told):
    leaked, other = client_token(oauth), client_token(oauth)

    [found] = told(leaked)

    assert (found["outcome"], found["extent"], found["user"]) == ("ended", "secret", None)
    assert not is_live(leaked)
    assert is_live(other)
    assert len(leaked_events()) == 1
    assert outcomes(told(leaked)) == ["over"]


def test_the_last_client_secret_ends_and_its_developer_has_to_make_a_new_one(told):
    registered = register(owner=UserFactory(username="ada"))

    [found] = told(f"OAUTH_SECRET={registered.client_secret}")

    assert (found["kind"], found["outcome"], found["extent"]) == ("client_secret", "ended", "last_secret")
    assert (found["user"], found["client_id"]) == ("ada", registered.client_id)
    assert "make a new one" in found["remedy"]
    assert OAuthClient(registered).token(grant_type="client_credentials").status_code == 401
    event = SecurityEvent.objects.get()
    assert (event.kind, event.reason) == ("secret_rotated", "leaked")
    assert event.application_ref == registered.client_id


def test_the_other_client_secret_goes_on(told):
    registered = register()
    new = registered.application.rotate_secret(overlap=timedelta(days=1))

    [found] = told(registered.client_secret)

    assert (found["extent"], found["remedy"]) == ("secret", "its developer has to use the other one")
    oauth = OAuthClient(registered)
    assert oauth.token(grant_type="client_credentials").status_code == 401
    assert oauth.token(grant_type="client_credentials", client_secret=new).status_code == 200


def test_a_client_secret_in_a_basic_header_is_found(told):
    registered = register()
    header = b64encode(f"{registered.client_id}:{registered.client_secret}".encode()).decode()

    assert outcomes(told(f'"authorization": "Basic {header}"')) == ["ended"]


def test_a_client_secret_from_before_the_prefix_was_changed_is_found_on_a_line_of_its_own(told, settings):
    registered = register()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TOKEN_PREFIX": "newer"}

    assert outcomes(told(registered.client_secret)) == ["ended"]


def test_what_is_not_ours_or_not_there_is_said_to_be_so(told):
    make = conf.settings().secret_format.make
    unknown = [make(kind).reveal() for kind in SecretKind]

    found = told(*unknown, unknown[0][:-1], "sk_live_0123456789abcdef", "all is well", "")

    assert outcomes(found) == ["unknown"] * len(SecretKind) + ["mistyped", "foreign"]
    assert [one["line"] for one in found] == list(range(1, len(SecretKind) + 3))
    assert [one["hint"] for one in found] == [*(text[-4:] for text in unknown), "", ""]
    assert leaked_events() == []


def test_it_can_be_run_again(oauth, told):
    code, tokens, (_, service) = oauth.code(), oauth.tokens(), made()
    lines = [code, tokens["access_token"], tokens["refresh_token"], service, oauth.registered.client_secret]

    first, recorded = outcomes(told(*lines)), leaked_events()

    assert first == ["ended", "ended", "over", "ended", "ended"]
    assert outcomes(told(*lines)) == ["over"] * 5
    assert leaked_events() == recorded
    assert len(recorded) == 4


def test_what_stands_there_more_than_once_is_looked_up_once(told):
    _, text = made()

    assert outcomes(told(text, text, f"{text} {text}")) == ["ended", "repeated", "repeated", "repeated"]


def test_a_dry_run_says_the_same_and_changes_nothing(oauth, told):
    tokens, (_, service), own = oauth.tokens(), made(), client_token(oauth)
    lines = [tokens["access_token"], oauth.code(), service, own, oauth.registered.client_secret]

    found = told(*lines, dry=True)

    assert outcomes(found) == ["would_end"] * 5
    assert is_live(tokens["access_token"])
    assert is_live(service)
    assert is_live(own)
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200
    assert leaked_events() == []
    assert "make a new one" in found[-1]["remedy"]
