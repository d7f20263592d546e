"""Passkeys as a second factor: each answers one login, once, and every way to be wrong is refused.

WebAuthn Level 2 §7.2; what ``fido2`` leaves to its callers is here as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from fido2.utils import websafe_decode

from oauthcore.flows.second_factor import passkeys, webauthn
from oauthcore.models import MFAChallenge, Passkey
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.sign_in import InvalidMFACode, InvalidMFAToken
from oauthcore.rules.sign_in.passkeys import PasskeyRefused, Problem
from tests.support.factories import UserFactory
from tests.support.passkeys.authenticator import SecurityKey, base64url
from tests.support.passkeys.owners import Person, answers, events, refused, with_another_browser

pytestmark = pytest.mark.django_db


class TheSitesOwnFactor:
    """A second factor that oauthcore knows nothing of."""

    def methods_of(self, user: Any) -> list[str]:
        return ["card"]

    def use(self, user: Any, code: str) -> str | None:
        return "card" if code == "of the card" else None


BAD_ASSERTIONS: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "https://sub.testserver"},
    {"challenge": base64url(bytes(32))},
    {"type": "webauthn.create"},
    {"rp_id": "evil.example"},
    {"crossOrigin": True},
    {"flags": 0x00},
    {"signature": b"x"},
    {"user_handle": b"somebody else"},
    {"key": SecurityKey()},
]


def test_what_was_signed_elsewhere_or_badly_logs_nobody_in(ada: Person) -> None:
    passkey = ada.add()

    assert [wrong for wrong in BAD_ASSERTIONS if ada.log_in(**wrong)] == []

    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at) == (0, None)
    assert ada.log_in()


def test_a_handle_is_the_persons_own(ada: Person) -> None:
    handle = websafe_decode(ada.begin().options["user"]["id"])
    ada.add()

    assert ada.log_in(user_handle=handle)


def test_the_passkey_of_somebody_else_logs_nobody_in(ada: Person, eve: Person) -> None:
    ada.add()
    eve.add()

    assert not ada.log_in(key=eve.key)
    assert eve.log_in()


def test_what_was_signed_answers_the_login_it_was_signed_for(ada: Person) -> None:
    ada.add()
    one, other = ada.challenge(), with_another_browser(ada)
    ceremony = passkeys.begin_authentication(one)
    assert ceremony is not None
    text = ada.key.sign(ceremony.options)

    assert not answers(other, ceremony.state, text)
    assert not answers(one, None, text)
    assert answers(one, ceremony.state, text)
    with pytest.raises(InvalidMFAToken):
        answers(MFAChallenge.objects.get(pk=one.pk), ceremony.state, text)


def test_a_counter_that_goes_back_or_stands_still_is_refused_and_told(ada: Person) -> None:
    ada.add()
    ada.key.counter = 5
    assert ada.log_in()

    for count in (6, 1, 0):
        assert not ada.log_in(counter=count)

    assert Passkey.objects.get().sign_count == 6
    assert (
        events("sign_in_refused")
        == ["the counter of a passkey did not grow, it may have been copied: Key ring"] * 3
    )
    assert ada.log_in()


def test_a_passkey_that_does_not_count_says_zero_for_ever(ada: Person) -> None:
    ada.key = SecurityKey(counts=False)
    ada.add()

    assert ada.log_in()
    assert ada.log_in()
    assert Passkey.objects.get().sign_count == 0


def test_the_same_answer_twice_at_once_is_no_copied_passkey(ada: Person) -> None:
    ada.add()
    challenge = ada.challenge()
    late = MFAChallenge.objects.get(pk=challenge.pk)
    ceremony = passkeys.begin_authentication(challenge)
    assert ceremony is not None
    text = ada.key.sign(ceremony.options)
    assert answers(challenge, ceremony.state, text)

    assert passkeys.use(late, ceremony.state, text) is None
    assert events("sign_in_refused") == []


def test_wrong_passkeys_count_like_wrong_codes(ada: Person, settings: Any) -> None:
    ada.add()
    challenge = ada.challenge()
    for _ in range(5):
        assert not answers(challenge, None, "{}")
    challenge.refresh_from_db()
    with pytest.raises(InvalidMFAToken):
        answers(challenge, None, "{}")

    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (6, 3600)}
    assert ada.log_in()
    assert not ada.log_in(signature=b"x")
    with pytest.raises(Throttled):
        ada.log_in()
    assert len(events("second_factor_paused")) == 1


def test_they_stand_beside_a_factor_of_the_sites_own(ada: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": f"{__name__}.TheSitesOwnFactor"}
    bob = Person(UserFactory())

    with pytest.raises(InvalidMFACode):
        bob.begin(code="of no card")
    ceremony = bob.begin(code="of the card")
    passkeys.register(bob.user, ceremony.state, bob.key.register(ceremony.options))

    assert bob.log_in()


@pytest.mark.parametrize("issuer", ["https://192.0.2.1", "http://id.example.org"])
def test_a_site_that_browsers_allow_none_has_none(ada: Person, settings: Any, issuer: str) -> None:
    ada.add()
    challenge = ada.challenge()
    ceremony = passkeys.begin_authentication(challenge)
    assert ceremony is not None
    begun, key = ada.begin(), SecurityKey()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": issuer}

    with pytest.raises(PasskeyRefused):
        ada.begin()
    with pytest.raises(PasskeyRefused):
        passkeys.register(ada.user, begun.state, key.register(begun.options))
    assert passkeys.begin_authentication(challenge) is None
    assert not answers(challenge, ceremony.state, ada.key.sign(ceremony.options))


def test_a_site_without_the_extra_has_none(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.add()
    monkeypatch.setattr(webauthn, "find_spec", lambda name: None)

    refused(ada.begin, Problem.NOT_INSTALLED)
    assert passkeys.begin_authentication(ada.challenge()) is None
