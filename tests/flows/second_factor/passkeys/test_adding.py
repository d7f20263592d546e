"""Passkeys added and removed: once, so many, and none that is worth nothing.

WebAuthn Level 2 §7.1; what ``fido2`` leaves to its callers is here as well.
"""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from fido2 import cbor

from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import Passkey, TOTPFactor
from oauthcore.rules.errors.sign_in import InvalidMFAToken
from oauthcore.rules.sign_in.passkeys import Problem
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD
from tests.support.passkeys.authenticator import SecurityKey, base64url
from tests.support.passkeys.owners import Person, answers, events, refused

pytestmark = pytest.mark.django_db


def test_a_passkey_is_added_used_and_removed(ada: Person, clock: Any) -> None:
    passkey = ada.add()
    assert passkeys.passkeys_of(ada.user) == [passkey]
    assert (passkey.name, passkey.last_used_at) == ("Key ring", None)

    clock.shift(60)
    assert ada.log_in()
    assert ada.log_in()
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at) == (2, timezone.now())

    passkeys.remove(ada.user, passkey, password=HiddenText(PASSWORD))
    assert passkeys.passkeys_of(ada.user) == []
    assert passkeys.begin_authentication(ada.challenge()) is None
    passkeys.remove(ada.user, passkey, password=HiddenText(PASSWORD))
    assert (events("passkey_added"), events("passkey_removed")) == (["Key ring"], ["Key ring"])


def test_the_browser_is_asked_for_this_site_and_person(ada: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": "https://id.example.org:8443", "SITE_NAME": "Lumen"}
    options = ada.begin().options

    assert options["rp"] == {"id": "id.example.org", "name": "Lumen"}
    assert options["user"]["name"] == "ada"
    assert base64url(b"ada") not in options["user"]["id"]
    assert len(options["challenge"]) == 43
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-8, -7, -257]
    assert options["authenticatorSelection"]["userVerification"] == "discouraged"
    assert options["timeout"] == 120_000
    assert json.loads(json.dumps(options)) == options
    ada.add(origin="https://id.example.org:8443")
    assert [one["id"] for one in ada.begin().options["excludeCredentials"]] == [base64url(ada.key.id)]
    ceremony = passkeys.begin_authentication(ada.challenge())
    assert ceremony is not None
    assert ceremony.options["rpId"] == "id.example.org"
    assert [one["id"] for one in ceremony.options["allowCredentials"]] == [base64url(ada.key.id)]


def test_nobody_finds_or_removes_the_passkey_of_somebody_else(ada: Person, eve: Person) -> None:
    passkey = ada.add()

    assert passkeys.passkey_of(ada.user, passkey.pk) == passkey
    assert passkeys.passkey_of(eve.user, passkey.pk) is None
    passkeys.remove(eve.user, passkey, password=HiddenText(PASSWORD))

    assert passkeys.passkeys_of(ada.user) == [passkey]
    assert events("passkey_removed") == []


BAD_REGISTRATIONS: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "https://sub.testserver"},
    {"origin": "https://testserver:8443"},
    {"origin": "http://testserver"},
    {"challenge": base64url(bytes(32))},
    {"type": "webauthn.get"},
    {"rp_id": "evil.example"},
    {"crossOrigin": True},
    {"flags": 0x40},  # nobody was there
    {"flags": 0x01},  # and no passkey in it
    {"auth_data": 500_000_000},
    {"auth_data": "text"},
    {"auth_data": b"short"},
    {"cose": {}},
    {"cose": {1: 2, 3: -7}},
    {"cose": {1: 2, 3: -999, -1: 1}},
    {"cose": {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}},  # no point of the curve
    {"cose": {1: 1, 3: -8, -1: 6, -2: b"\x01" + bytes(31)}},  # anybody can sign with this point
    {"cose": {1: 3, 3: -65_535, -1: b"\xff" * 256, -2: b"\x01\x00\x01"}},  # SHA-1
]


def test_a_passkey_made_elsewhere_or_badly_is_refused(ada: Person) -> None:
    for wrong in BAD_REGISTRATIONS:
        refused(lambda: ada.add(**wrong), Problem.NOT_VALID)  # noqa: B023 - called at once

    assert not Passkey.objects.exists()
    ada.add()


def test_a_credential_id_has_between_1_and_1023_bytes_whatever_the_browser_says(ada: Person) -> None:
    ada.key = SecurityKey(credential_id=bytes(1_023))
    ada.add()
    for length in (0, 1_024):
        ceremony, key = ada.begin(), SecurityKey(credential_id=bytes(length))
        sent = key.registration(ceremony.options) | {"rawId": "AAAA"}
        refused(lambda: passkeys.register(ada.user, ceremony.state, json.dumps(sent)), Problem.NOT_VALID)  # noqa: B023 - called at once


def test_an_attestation_that_cannot_be_read_is_refused(ada: Person) -> None:
    whole = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(37)})
    for broken in (
        whole[:-50],
        b"\x81" * 5_000,
        cbor.encode([1]),
        cbor.encode(7),
        b"\x59\x01",
        whole + b"\x00",
    ):
        ceremony = ada.begin()
        sent = ada.key.registration(ceremony.options)
        sent["response"]["attestationObject"] = base64url(broken)
        refused(lambda: passkeys.register(ada.user, ceremony.state, json.dumps(sent)), Problem.NOT_VALID)  # noqa: B023 - called at once


def test_a_number_where_bytes_belong_takes_no_memory(ada: Person) -> None:
    ceremony = ada.begin()
    text = ada.key.register(ceremony.options, auth_data=500_000_000)

    tracemalloc.start()
    refused(lambda: passkeys.register(ada.user, ceremony.state, text), Problem.NOT_VALID)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 50_000_000


def test_a_passkey_is_added_once_whoever_says_it_is_theirs(ada: Person, eve: Person) -> None:
    ceremony = ada.begin()
    text = ada.key.register(ceremony.options)
    passkeys.register(ada.user, ceremony.state, text)

    refused(lambda: passkeys.register(ada.user, ceremony.state, text), Problem.KNOWN)
    eve.key = ada.key
    refused(eve.add, Problem.KNOWN)
    assert passkeys.passkeys_of(eve.user) == []


def test_what_was_begun_by_others_too_long_ago_or_under_another_password_is_over(
    ada: Person, eve: Person, clock: Any
) -> None:
    ceremony = ada.begin()
    text = ada.key.register(ceremony.options)

    refused(lambda: passkeys.register(ada.user, None, text), Problem.OVER)
    eve.user.password = ada.user.password
    refused(lambda: passkeys.register(eve.user, ceremony.state, text), Problem.OVER)
    other = get_user_model().objects.get(pk=ada.user.pk)
    other.set_password("another walk by the sea")
    refused(lambda: passkeys.register(other, ceremony.state, text), Problem.OVER)
    clock.shift(300)
    refused(lambda: passkeys.register(ada.user, ceremony.state, text), Problem.OVER)
    clock.shift(-1)
    passkeys.register(ada.user, ceremony.state, text)


def test_a_person_has_so_many_passkeys_and_no_more(ada: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PASSKEYS_PER_USER": 2}
    begun = ada.begin()
    for _ in range(2):
        Person(ada.user).add()

    refused(ada.begin, Problem.TOO_MANY)
    late = ada.key.register(begun.options)
    refused(lambda: passkeys.register(ada.user, begun.state, late), Problem.TOO_MANY)


def test_passkeys_go_with_the_factor_and_none_is_added_after_it(ada: Person) -> None:
    ada.add()
    begun, late = ada.begin(), SecurityKey()
    challenge = ada.challenge()
    ceremony = passkeys.begin_authentication(challenge)
    assert ceremony is not None
    factor = TOTPFactor.of(ada.user)
    assert factor is not None
    remove_second_factor(factor, reason="by the person", now=timezone.now())

    assert not Passkey.objects.exists()
    text = late.register(begun.options)
    refused(lambda: passkeys.register(ada.user, begun.state, text), Problem.FACTOR_OFF)
    challenge.refresh_from_db()
    with pytest.raises(InvalidMFAToken):
        answers(challenge, ceremony.state, ada.key.sign(ceremony.options))
