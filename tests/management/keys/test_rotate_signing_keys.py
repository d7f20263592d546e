"""``rotate_signing_keys``: makes, lists, rotates and withdraws, and shows no private key."""

from __future__ import annotations

import io
import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauthcore.flows.keys.rotation import PUBLISHED_BEFORE
from oauthcore.models import SigningKey, signing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_access_tokens(settings: Any) -> None:
    """A site that signs access tokens alone has keys for one algorithm."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}


def run(*arguments: str, command: str = "rotate_signing_keys") -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def states(*arguments: str) -> list[str]:
    return [key["state"] for key in json.loads(run("--json", *arguments))["keys"]]


def test_it_makes_the_keys_then_rotates_them(clock):
    assert states() == ["current", "next"]
    clock.shift(PUBLISHED_BEFORE)
    assert states() == ["retired", "current", "next"]
    assert states("--list") == ["retired", "current", "next"]


def test_it_says_in_words_what_it_did_and_which_keys_there_are():
    said = run()
    kid = SigningKey.objects.get(state="current").kid

    assert "signs" in said
    assert f"{kid}  ES256  current" in said
    assert run("--list").count("\n") == 2


def test_a_list_of_none_says_so():
    assert run("--list").strip() == "There are no signing keys."


def test_a_deployment_makes_keys_once():
    assert states("--if-missing") == ["current", "next"]
    assert states("--if-missing") == ["current", "next"]


def test_a_deployment_makes_the_keys_that_a_new_switch_needs_and_leaves_the_others(clock, settings):
    run()
    clock.shift(PUBLISHED_BEFORE)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    run("--if-missing")
    made = [(key["algorithm"], key["state"]) for key in json.loads(run("--json", "--if-missing"))["keys"]]

    assert made == [*(("ES256", "current"), ("ES256", "next")), *(("RS256", "current"), ("RS256", "next"))]


def test_a_run_says_which_algorithm_it_left_alone(settings):
    run()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    said = run()

    assert "The next key for ES256 was published only at" in said
    assert "RS256  current" in said
    with pytest.raises(CommandError, match="Nothing was changed"):
        run()


def test_one_algorithm_can_be_withdrawn_alone(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    run()
    done = json.loads(run("--json", "--withdraw", "--algorithm", "RS256"))

    assert [step for step in done["steps"] if "withdrawn" in step and "RS256" in step]
    assert not [step for step in done["steps"] if "ES256" in step]
    with pytest.raises(CommandError, match="invalid choice"):
        run("--algorithm", "HS256")


def test_if_missing_makes_only_the_missing_keys_of_an_algorithm():
    run("--algorithm", "RS256", "--if-missing")
    assert not SigningKey.objects.exists()  # this site needs no such key
    run("--algorithm", "ES256", "--if-missing")

    assert states("--list") == ["current", "next"]


def test_it_fails_where_the_next_key_is_too_new_and_withdraws_all_the_same():
    run()

    with pytest.raises(CommandError, match="Nothing was changed"):
        run()
    assert "was withdrawn" in run("--withdraw")
    assert states("--list") == ["current", "next"]


def test_two_purposes_at_once_are_refused():
    with pytest.raises(CommandError, match="do not go together"):
        run("--list", "--withdraw")


def test_no_private_key_is_shown(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    said = run() + run("--list") + run("--list", "--json")

    for key in SigningKey.objects.all():
        secret = key.open().native.as_dict(private=True)["d"]
        number = int.from_bytes(urlsafe_b64decode(secret + "=="), "big")
        assert not any(text in said for text in (secret, str(number), f"{number:x}"))


@pytest.mark.parametrize("is_dry", [True, False])
def test_a_change_of_the_encryption_keys_takes_the_signing_keys_along(settings: Any, is_dry: bool):
    old, new = "old key " * 6, "new key " * 6
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": [old]}
    run()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": [new, old]}
    dry = ["--dry-run"] if is_dry else []

    assert json.loads(run("--json", *dry, command="rotate_second_factor_keys"))["signing_keys"] == 2
    left = 2 if is_dry else 0
    assert run("--dry-run", command="rotate_second_factor_keys").count("encrypted anew: signing") == left
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": [new]}
    signing.forget()
    assert ("ES256" not in signing.key_ring().current) is is_dry


def test_a_signing_key_that_no_key_opens_is_named(settings: Any):
    run()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": ["lost key " * 6]}

    with pytest.raises(CommandError, match="signing key 1"):
        run(command="rotate_second_factor_keys")
