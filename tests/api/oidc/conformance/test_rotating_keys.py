"""Modules about new keys of the provider."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from oauthcore.flows.keys.rotation import PUBLISHED_BEFORE
from tests.support.relying_party import header_of, relying_party

pytestmark = pytest.mark.sqlite_only("it is about what is published; other tests ask what a database does")


def kids() -> list[str]:
    return [one["kid"] for one in Client().get("/oauth/jwks").json()["keys"]]


@pytest.fixture
def kept_in_the_table(settings: Any) -> None:
    """A site whose keys are rows, made by the command."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": []}
    call_command("rotate_signing_keys")


@pytest.mark.openid("core", "10.1.1")
def test_oidcc_server_rotate_keys(kept_in_the_table: None, clock: Any) -> None:
    before = kids()
    clock.shift(PUBLISHED_BEFORE)
    call_command("rotate_signing_keys")
    after = kids()

    assert set(after) > set(before)
    assert len(set(after)) == len(after)


@pytest.mark.openid("core", "10.1.1")
@pytest.mark.openid("core", "10.1")
def test_oidcc_each_id_token_names_a_key_that_is_published_before_and_after_a_rotation(
    kept_in_the_table: None, clock: Any
) -> None:
    party = relying_party()
    signed_in = [party.sign_in()]
    for _ in range(3):
        clock.shift(PUBLISHED_BEFORE)
        call_command("rotate_signing_keys")
        assert header_of(signed_in[-1].id_token)["kid"] in kids()
        party = relying_party(party.registered)
        signed_in.append(party.sign_in())

    used = {header_of(one.id_token)["kid"] for one in signed_in}
    assert len(used) > 1
