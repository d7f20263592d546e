"""Signing keys go from next to current to retired, and everybody knows a key before it signs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from oauthcore.flows.keys import rotation
from oauthcore.flows.keys.rotation import PUBLISHED_BEFORE, NotRotated, rotate
from oauthcore.flows.upkeep.cleanup import clean_up
from oauthcore.models import SecurityEvent, SigningKey, encryption, signing
from tests.support.signing import key_set, make_keys, verified, with_jwts

pytestmark = pytest.mark.django_db

OLD, NEW, LOST = "old key " * 6, "new key " * 6, "lost key " * 6


@pytest.fixture(autouse=True)
def only_access_tokens(settings: Any) -> None:
    """A site that signs access tokens alone has keys for one algorithm."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}


def states() -> list[str]:
    return list(SigningKey.objects.order_by("generation").values_list("state", flat=True))


def kids() -> list[str]:
    return [key["kid"] for key in key_set()["keys"]]


@pytest.fixture
def keys(settings: Any) -> Any:
    """Set what signing keys are encrypted with, the newest first."""

    def use(*texts: str) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": texts}
        signing.forget()

    use(OLD)
    return use


def test_the_first_rotation_makes_a_key_that_signs_and_the_next_one():
    rotated = rotate(now=timezone.now())

    assert states() == ["current", "next"]
    assert [key.state for key in rotated.keys] == states()
    assert signing.key_ring().current["ES256"] == SigningKey.objects.get(state="current").open()


def test_a_rotation_moves_each_key_one_state_on(clock):
    make_keys()
    first, second = kids()
    clock.shift(PUBLISHED_BEFORE)
    rotate(now=timezone.now())

    assert states() == ["retired", "current", "next"]
    assert kids()[:2] == [first, second]
    assert signing.key_ring().current["ES256"].kid == second


@pytest.mark.rfc("9068", "4")
def test_what_a_retired_key_has_signed_is_verified_until_it_expires(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCESS_TOKEN_LIFETIME": 3600}
    oauth = with_jwts()
    clock.shift(PUBLISHED_BEFORE)
    text = oauth.tokens()["access_token"]
    rotate(now=timezone.now())
    clock.shift(3599)

    assert verified(text)
    assert verified(oauth.tokens()["access_token"])[0]["kid"] != verified(text)[0]["kid"]


def test_a_retired_key_has_no_private_part_and_leaves_the_key_set_in_the_end(clock):
    make_keys()
    [first, _] = kids()
    clock.shift(PUBLISHED_BEFORE)
    rotate(now=timezone.now())

    retired = SigningKey.objects.get(state="retired")
    assert retired.private is None
    assert retired.published_until == timezone.now() + timedelta(days=1, hours=1)
    clock.shift(timedelta(days=1, hours=1))
    assert first not in kids()


def test_a_key_that_verifiers_cannot_know_yet_does_not_sign(clock):
    make_keys()
    clock.shift(PUBLISHED_BEFORE - timedelta(seconds=1))

    with pytest.raises(NotRotated, match="Rotate after"):
        rotate(now=timezone.now())
    assert states() == ["current", "next"]


def test_a_key_that_somebody_else_may_have_is_withdrawn_at_once():
    make_keys()
    [first, second] = kids()
    rotate(now=timezone.now(), is_urgent=True)

    assert states() == ["retired", "current", "next"]
    assert first not in kids()
    assert kids()[0] == second


def test_without_a_next_key_a_rotation_makes_one_and_changes_nothing_else():
    make_keys()
    SigningKey.objects.filter(state="next").delete()
    rotate(now=timezone.now())

    assert states() == ["current", "next"]


def test_without_a_next_key_one_that_somebody_has_is_withdrawn_all_the_same():
    make_keys()
    SigningKey.objects.filter(state="next").delete()
    rotate(now=timezone.now(), is_urgent=True)

    assert states() == ["retired", "current", "next"]


def test_without_a_current_key_the_next_one_signs():
    make_keys()
    SigningKey.objects.filter(state="current").delete()
    rotate(now=timezone.now())

    assert states() == ["current", "next"]


def test_each_step_is_an_event_that_names_the_key_and_shows_nothing_of_it(clock):
    make_keys()
    clock.shift(PUBLISHED_BEFORE)
    rotate(now=timezone.now())

    reasons = SecurityEvent.objects.filter(kind="signing_keys_rotated").values_list("reason", flat=True)
    assert len(reasons) == 5
    assert reasons[2].startswith("signing key 1 (")
    assert reasons[2].endswith("was retired")


def test_a_rotation_that_comes_second_changes_nothing(monkeypatch):
    make_keys()

    def lost(**_: Any) -> SigningKey:
        raise IntegrityError

    monkeypatch.setattr(rotation.SigningKey, "make", lost)
    with pytest.raises(NotRotated, match="same time"):
        rotate(now=timezone.now(), is_urgent=True)

    assert states() == ["current", "next"]


def test_keys_of_the_settings_are_rotated_there(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": ["whatever"]}

    with pytest.raises(NotRotated, match="SIGNING_KEYS"):
        rotate(now=timezone.now())


def test_a_rotation_encrypts_with_the_first_key(keys, clock):
    make_keys()
    keys(NEW, OLD)
    clock.shift(PUBLISHED_BEFORE)
    rotated = rotate(now=timezone.now())

    assert sum(step.endswith("was encrypted anew") for step in rotated.steps) == 2
    keys(NEW)
    assert all(key.open() for key in SigningKey.objects.exclude(state="retired"))


def test_keys_that_nothing_decrypts_are_retired_and_new_ones_made(keys):
    make_keys()
    keys(LOST)
    rotate(now=timezone.now())

    assert states() == ["retired", "retired", "current", "next"]
    assert len(kids()) == 4  # what they signed is verified on


def test_a_key_is_opened_for_its_own_row_only():
    make_keys()
    one, two = SigningKey.objects.order_by("generation")
    one.private = two.private

    with pytest.raises(encryption.CannotDecrypt):
        one.open()


def test_one_that_was_retired_meanwhile_is_not_encrypted_anew(keys):
    make_keys()
    row = SigningKey.objects.get(state="current")
    SigningKey.objects.get(pk=row.pk).retire(now=timezone.now(), published_for=timedelta(1))

    assert not row.encrypt_anew()
    assert SigningKey.objects.get(pk=row.pk).private is None


def test_the_database_refuses_a_state_without_what_it_needs():
    make_keys()

    with pytest.raises((IntegrityError, ValidationError)):
        SigningKey.objects.filter(state="current").update(private=None)


def test_the_clean_up_removes_a_key_long_after_it_has_left_the_key_set(clock):
    make_keys()
    rotate(now=timezone.now(), is_urgent=True)
    clock.shift(timedelta(days=40))
    removed = {one.what: one.count for one in clean_up(now=timezone.now(), keep=timedelta(30), batch_size=10)}

    assert removed["retired signing keys"] == 1
    assert states() == ["current", "next"]
