"""A site with OpenID Connect has keys for two algorithms. Each is rotated, used and verified separately."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.flows.keys.rotation import PUBLISHED_BEFORE, NotRotated, missing, rotate
from oauthcore.models import SecurityEvent, SigningKey, encryption, signing
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.jose import signed
from oauthcore.rules.jose.problems import InvalidJWT
from tests.support.rsa_keys import ec_pem, rsa_pem
from tests.support.signing import key_set, make_keys, parts_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def openid(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    signing.forget()


def states(algorithm: str) -> list[str]:
    rows = SigningKey.objects.filter(algorithm=algorithm).order_by("generation")
    return list(rows.values_list("state", flat=True))


def sign(algorithm: str, type_: str = "JWT") -> str:
    return signing.sign({"sub": "ada"}, type_=type_, algorithm=algorithm).reveal()


@pytest.mark.openid("core", "15.1")
def test_the_first_rotation_makes_keys_for_both_algorithms():
    rotate(now=timezone.now())

    assert states("ES256") == states("RS256") == ["current", "next"]
    assert {key["alg"] for key in key_set()["keys"]} == {"ES256", "RS256"}


def test_each_algorithm_signs_with_its_own_key():
    make_keys()

    for algorithm in ("ES256", "RS256"):
        text = sign(algorithm)
        key = SigningKey.objects.get(algorithm=algorithm, state="current")
        assert parts_of(text)[0] == {"alg": algorithm, "typ": "JWT", "kid": key.kid}
        assert signing.verified(text, type_="JWT").claims == {"sub": "ada"}


def test_a_rotation_moves_the_keys_of_both_algorithms_one_state_on(clock):
    make_keys()
    clock.shift(PUBLISHED_BEFORE)
    before = {name: sign(name) for name in ("ES256", "RS256")}
    rotated = rotate(now=timezone.now())

    assert states("ES256") == states("RS256") == ["retired", "current", "next"]
    assert rotated.left == ()
    for name, text in before.items():
        assert signing.verified(text, type_="JWT")
        assert parts_of(sign(name))[0]["kid"] != parts_of(text)[0]["kid"]


def test_the_longest_token_lifetime_decides_how_long_a_retired_key_is_published(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ID_TOKEN_LIFETIME": 7200}
    make_keys()
    clock.shift(PUBLISHED_BEFORE)
    rotate(now=timezone.now())

    until = SigningKey.objects.filter(state="retired").values_list("published_until", flat=True)
    assert set(until) == {timezone.now() + timedelta(days=1, hours=2)}


def test_switching_openid_on_makes_keys_and_leaves_an_algorithm_whose_key_is_too_new(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    make_keys()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    assert missing(now=timezone.now()) == ("RS256",)
    rotated = rotate(now=timezone.now())

    assert states("ES256") == states("RS256") == ["current", "next"]
    [left] = rotated.left
    assert left.startswith("The next key for ES256")
    assert missing(now=timezone.now()) == ()


def test_nothing_changes_if_the_keys_of_both_algorithms_are_too_new():
    make_keys()

    with pytest.raises(NotRotated, match="ES256"):
        rotate(now=timezone.now())
    assert SecurityEvent.objects.filter(kind="signing_keys_rotated").count() == 4


def test_one_algorithm_can_be_rotated_alone():
    make_keys()
    rotate(now=timezone.now(), is_urgent=True, algorithms=["RS256"])

    assert states("ES256") == ["current", "next"]
    assert states("RS256") == ["retired", "current", "next"]


def test_keys_that_the_site_no_longer_needs_are_retired(clock, settings):
    make_keys()
    text = sign("RS256")
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    rotated = rotate(now=timezone.now())

    assert states("RS256") == ["retired", "retired"]
    assert states("ES256") == ["current", "next"]
    assert sum("RS256" in step and "retired" in step for step in rotated.steps) == 2
    assert signing.verified(text, type_="JWT")
    assert not any(key.private for key in SigningKey.objects.filter(algorithm="RS256"))


def test_a_key_that_cannot_be_decrypted_does_not_affect_the_other_algorithm(settings):
    make_keys()
    SigningKey.objects.filter(algorithm="RS256", state="current").update(
        private=encryption.encrypt(b"", owner="somebody else")
    )
    signing.forget()

    assert sign("ES256")
    with pytest.raises(TemporarilyUnavailable, match="RS256"):
        sign("RS256")
    rotate(now=timezone.now())
    assert states("RS256") == ["retired", "current", "next"]
    assert sign("RS256")


def test_a_missing_key_does_not_affect_others_and_works_as_soon_as_it_is_made(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    make_keys()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    sign("ES256")
    with pytest.raises(TemporarilyUnavailable):
        sign("RS256")
    with statements() as run:
        sign("ES256")
    assert run == []
    held = signing._held["default"]
    rotate(now=timezone.now(), algorithms=["RS256"])
    signing._held["default"] = held  # as another process, which has not read the new key

    assert sign("RS256")


class TestKeysOfTheSettings:
    """``SIGNING_KEYS`` takes keys of both kinds in any order."""

    def configure(self, settings, *keys: str) -> list[str]:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": keys}
        return [key["kid"] for key in key_set()["keys"]]

    def test_the_first_of_each_algorithm_signs_and_all_are_published(self, settings):
        kids = self.configure(settings, rsa_pem(1), ec_pem(1), ec_pem(2), rsa_pem(2))

        assert len(kids) == 4
        assert parts_of(sign("RS256"))[0]["kid"] == kids[0]
        assert parts_of(sign("ES256"))[0]["kid"] == kids[1]
        assert [key["alg"] for key in key_set()["keys"]] == ["RS256", "ES256", "ES256", "RS256"]

    def test_without_a_key_for_an_algorithm_nothing_is_signed_with_it(self, settings):
        self.configure(settings, ec_pem(1))

        assert sign("ES256")
        with pytest.raises(TemporarilyUnavailable, match="RS256"):
            sign("RS256")

    def test_the_keys_of_the_settings_are_read_once(self, settings, clock, monkeypatch):
        self.configure(settings, rsa_pem(1), ec_pem(1))
        monkeypatch.setattr(signing.private_keys, "from_pem", None)
        clock.shift(timedelta(days=1))

        assert sign("RS256")


class TestPurposes:
    """A JWT for one purpose never serves another (RFC 8725 §3.11)."""

    @pytest.mark.rfc("8725", "3.11")
    @pytest.mark.rfc("8725", "3.12")
    @pytest.mark.parametrize(
        ("made", "wanted"), [("JWT", "at+jwt"), ("at+jwt", "JWT"), ("logout+jwt", "JWT")]
    )
    @pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
    def test_a_jwt_of_another_type_is_refused(self, made, wanted, algorithm):
        make_keys()

        with pytest.raises(InvalidJWT, match="another type"):
            signing.verified(sign(algorithm, made), type_=wanted)

    @pytest.mark.rfc("8725", "3.1")
    def test_a_jwt_with_another_algorithm_than_its_type_uses_is_refused(self):
        make_keys()

        with pytest.raises(InvalidJWT, match="another algorithm"):
            signing.verified(sign("RS256"), type_="JWT", algorithms=["ES256"])

    @pytest.mark.rfc("8725", "3.1")
    def test_a_key_verifies_no_jwt_of_the_other_algorithm(self):
        make_keys()
        header, claims = parts_of(sign("RS256"))
        kid = SigningKey.objects.get(algorithm="ES256", state="current").kid
        jwt = signed.SignedJWT({**header, "kid": kid}, claims, b"", b"")

        with pytest.raises(InvalidJWT, match="no key"):
            signed.verify(jwt, signing.key_ring().public_keys)
