"""The first two rows of wire §5: no credentials, and a service token that is none or none any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.models import Grant, Token
from reference_site.accounts.models import Account
from tests.support.factories import UserFactory
from tests.support.service_tokens.making import ask, assert_answer, make
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

PROTECTED = ["/v1/me", "/v1/images", "/v1/public/images", "/api/v1/oauth2/placebo"]
at_every_path = pytest.mark.parametrize("path", PROTECTED)


@at_every_path
def test_without_credentials_the_challenge_names_no_error(path):
    answer = ask(None, path=path)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "error" not in answer["WWW-Authenticate"]
    # Placebo has its dialect's own word for it.
    assert answer.json()["error"] == ("invalid_token" if "placebo" in path else "not_authenticated")


@pytest.mark.parametrize("path", ["/v1/images", "/v1/public/images"])
def test_a_live_service_token_opens_the_library(path):
    assert make().ask(path=path).status_code == 200


def changed(text, at, to):
    return text[:at] + to + text[at + len(to) :]


MALFORMED = {
    "cut": lambda text: text[:-1],
    "longer": lambda text: text + "0",
    "another case": lambda text: text.swapcase(),
    "upper case": lambda text: text.upper(),
    "mistyped": lambda text: changed(text, 30, "a" if text[30] != "a" else "b"),
    "another environment": lambda text: text.replace("_live_", "_test_"),
    "another prefix": lambda text: text.replace("ref_api", "ref_app"),
    "hint only": lambda text: text[-4:],
    "words": lambda _: "nonsense",
    "full-width": lambda text: changed(text, 30, "\uff11").encode().decode("latin-1"),
}


@pytest.mark.parametrize("damage", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_one_is_refused_without_a_query(damage):
    text = damage(make().text)

    with statements() as run:
        assert_answer(ask(text), 401, "invalid_token")

    assert run == []


def expired(made):
    Grant.objects.filter(pk=made.row.pk).update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )


ENDED = {
    "unknown": lambda made: Token.objects.filter(grant=made.row).delete(),
    "expired": expired,
    "revoked": lambda made: service_tokens.revoke(made.row, reason="leaked", staff=UserFactory()),
    "secret revoked": lambda made: Token.objects.filter(grant=made.row).update(revoked_at=timezone.now()),
    "account suspended": lambda made: Account.objects.update(suspended_at=timezone.now()),
    "account gone": lambda made: made.account.delete(),
}


@pytest.mark.rfc("6750", "3.1")
@at_every_path
@pytest.mark.parametrize("end", ENDED.values(), ids=ENDED)
def test_one_that_has_ended_is_an_invalid_one_from_the_next_request_on(end, path):
    made = make()
    assert made.ask(path=path).status_code == 200

    end(made)

    answer = made.ask(path=path)
    assert_answer(answer, 401, "invalid_token")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_why_it_is_refused_is_not_told():
    answers = set()
    for end in [*ENDED.values(), None]:
        made = make()
        if end:
            end(made)
        answer = made.ask() if end else ask("nonsense")
        answers.add((answer.status_code, answer["WWW-Authenticate"], answer.content))

    assert len(answers) == 1


def test_it_lives_to_the_last_microsecond_before_its_expiry(clock):
    made = make(expires_at=timezone.now() + timedelta(hours=1))

    clock.shift(3599.999999)
    assert made.ask().status_code == 200
    clock.shift(0.000001)
    assert_answer(made.ask(), 401, "invalid_token")


def test_without_an_expiry_it_lives_on(clock):
    made = make()
    clock.shift(50 * 365 * 86400)

    assert made.ask().status_code == 200


def test_while_it_is_rotated_both_live_and_then_the_new_one_does(clock):
    made = make()
    new = service_tokens.rotate(made.row, overlap=timedelta(hours=1), staff=UserFactory()).reveal()

    clock.shift(3599.999999)
    assert [ask(text).status_code for text in (made.text, new)] == [200, 200]
    clock.shift(0.000001)
    assert [ask(text).status_code for text in (made.text, new)] == [401, 200]


def test_an_account_that_is_taken_up_again_has_its_tokens_back():
    made = make()
    Account.objects.update(suspended_at=timezone.now())
    assert made.ask().status_code == 401

    Account.objects.update(suspended_at=None)

    assert made.ask().status_code == 200


def test_it_outlives_whoever_made_it():
    """It is the account's, and no person's."""
    staff = UserFactory(is_staff=True)
    made = make()

    for end in (lambda: type(staff).objects.update(is_active=False), type(staff).objects.all().delete):
        end()
        assert made.ask().status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(scheme):
    text = make().text

    assert ask(None, headers={"Authorization": f"{scheme} {text}"}).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Digest"])
def test_under_another_scheme_it_counts_as_none(scheme):
    text = make().text

    assert_answer(ask(None, headers={"Authorization": f"{scheme} {text}"}), 401, "not_authenticated")


@pytest.mark.rfc("6750", "2")
def test_it_is_taken_from_the_header_only():
    made = make(scopes=["api.sets.write"])
    form = {"content_type": "application/x-www-form-urlencoded"}

    in_address = ask(None, path=f"/v1/me?access_token={made.text}")
    in_form = ask(None, "POST", "/v1/sets", f"access_token={made.text}&name=x", **form)

    assert_answer(in_address, 400, "invalid_request")
    assert_answer(in_form, 400, "invalid_request")
