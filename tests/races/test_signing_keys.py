"""Signing keys rotated by many at once: there is one current key and one next one."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.keys.rotation import NotRotated, rotate
from oauthcore.models import SigningKey


@pytest.fixture(autouse=True)
def only_access_tokens(settings: Any) -> None:
    """A site that signs access tokens alone has keys for one algorithm."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}


def _rotate(algorithms: list[str] | None = None) -> bool:
    try:
        rotate(now=timezone.now(), algorithms=algorithms)
    except NotRotated:
        return False
    return True


def test_of_many_first_rotations_one_makes_the_keys(crowd):
    for _ in range(5):
        SigningKey.objects.all().delete()

        won = crowd.all_at_once(_rotate)

        assert won.count(True) == 1
        assert list(SigningKey.objects.order_by("generation").values_list("generation", "state")) == [
            (1, "current"),
            (2, "next"),
        ]


def test_one_of_many_first_rotations_makes_the_keys_for_both_algorithms(crowd, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    for _ in range(5):
        SigningKey.objects.all().delete()

        won = crowd.all_at_once(_rotate)

        assert won.count(True) == 1
        assert list(SigningKey.objects.order_by("generation").values_list("algorithm", "state")) == [
            *(("ES256", "current"), ("ES256", "next")),
            *(("RS256", "current"), ("RS256", "next")),
        ]


def test_each_of_two_rotations_for_different_algorithms_makes_its_key_or_fails(crowd, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    for _ in range(5):
        SigningKey.objects.all().delete()

        won = crowd.at_once([partial(_rotate, [one]) for one in ("ES256", "RS256")])

        made = SigningKey.objects.values_list("algorithm", "state")
        assert len(made) == 2 * won.count(True)
        assert len(set(made)) == len(made)


def test_of_many_rotations_one_moves_the_keys_on(crowd):
    rotate(now=timezone.now())
    SigningKey.objects.update(created_at="2020-01-01T00:00Z")

    won = crowd.all_at_once(_rotate)

    assert won.count(True) == 1
    states = SigningKey.objects.order_by("generation").values_list("state", flat=True)
    assert list(states) == ["retired", "current", "next"]
