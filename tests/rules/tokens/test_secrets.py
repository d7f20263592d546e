"""Secrets: their form, the checksum that catches slips, and kinds that are never taken for one another."""

from __future__ import annotations

import re
import string
from base64 import urlsafe_b64decode
from dataclasses import FrozenInstanceError
from functools import reduce
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretFormat, SecretKind, checksum, digest_of
from tests.support.secrets import random_of

FORMAT = SecretFormat("ref_api", "live")
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
LEADS = {
    SecretKind.ACCESS: "ref_api_access_",
    SecretKind.REFRESH: "ref_api_refresh_",
    SecretKind.CODE: "ref_api_code_",
    SecretKind.CLIENT_SECRET: "ref_api_secret_",
    SecretKind.SERVICE: "ref_api_live_",
    SecretKind.MFA: "ref_api_mfa_",
    SecretKind.DEVICE_CODE: "ref_api_devicecode_",
    SecretKind.INITIAL_ACCESS: "ref_api_initial_",
    SecretKind.REGISTRATION: "ref_api_register_",
}

kinds = st.sampled_from(SecretKind)
every_kind = pytest.mark.parametrize("kind", SecretKind)


def parse(text: str) -> Secret | None:
    return FORMAT.parse(HiddenText(text))


def parts_of(secret: Secret) -> tuple[bytes, bytes]:
    return secret.digest, secret.turn


@every_kind
def test_a_secret_says_whose_it_is_and_what_it_is_for(kind):
    halves = 2 if kind is SecretKind.REFRESH else 1

    text = FORMAT.make(kind).reveal()

    assert re.fullmatch(rf"{LEADS[kind]}[A-Za-z0-9_-]{{{43 * halves}}}[A-Za-z0-9]{{6}}", text)


@every_kind
def test_a_secret_that_was_made_is_read_again_as_what_it_is(kind):
    made = FORMAT.make(kind)

    read = parse(made.reveal())

    assert read == made
    assert (read.kind, *parts_of(read)) == (kind, *parts_of(made))


@pytest.mark.parametrize("kind", [kind for kind in SecretKind if kind is not SecretKind.REFRESH])
def test_the_digest_of_a_secret_is_sha_256_of_its_text(kind):
    secret = FORMAT.make(kind)

    assert secret.digest == digest_of(secret.reveal()) == sha256(secret.reveal().encode()).digest()
    assert len(secret.digest) == 32


def test_secrets_are_never_made_twice():
    made = [FORMAT.make(kind) for kind in SecretKind for _ in range(2000)]

    assert len({str(secret.reveal()) for secret in made}) == len(made)
    assert len({secret.digest for secret in made}) == len(made)


@every_kind
def test_every_half_is_256_bits_that_all_vary(kind):
    made = [random_of(FORMAT.make(kind)) for _ in range(400)]

    for start in range(0, len(made[0]), 43):
        bits = [int.from_bytes(urlsafe_b64decode(random[start : start + 43] + "=")) for random in made]
        always, ever = reduce(int.__and__, bits), reduce(int.__or__, bits)
        assert (always, ever.bit_count()) == (0, 256)


@given(kinds, st.data())
def test_one_changed_character_makes_it_no_secret_of_ours(kind, data):
    text = FORMAT.make(kind).reveal()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda character: character != text[place]))

    assert parse(text[:place] + other + text[place + 1 :]) is None


@given(kinds, st.data())
def test_a_cut_or_lengthened_secret_is_none(kind, data):
    text = FORMAT.make(kind).reveal()
    place = data.draw(st.integers(0, len(text)))
    extra = data.draw(st.text(min_size=1))

    assert parse(text[:place] + extra + text[place:]) is None
    assert parse(text[:place]) is None or place == len(text)


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, str.swapcase, " {}".format, "{} ".format, "{}\n".format]
)
@every_kind
def test_a_secret_in_other_letters_or_with_space_around_it_is_none(kind, change):
    assert parse(change(FORMAT.make(kind).reveal())) is None


@given(st.text() | st.text().map(lambda text: f"ref_api_access_{text}"))
def test_what_nobody_made_is_no_secret(text):
    assert parse(text) is None


@given(kinds, kinds)
def test_a_secret_with_the_word_of_another_kind_is_refused_or_keeps_its_kind(kind, other):
    text = FORMAT.make(kind).reveal()
    renamed = LEADS[other] + text.removeprefix(LEADS[kind])

    read = parse(renamed)

    assert (read is None) is (kind is not other)


@pytest.mark.parametrize("foreign", [SecretFormat("other", "live"), SecretFormat("ref_api", "test")])
def test_a_secret_of_another_site_or_environment_is_none(foreign):
    assert parse(foreign.make(SecretKind.SERVICE).reveal()) is None


def test_a_forged_checksum_gives_no_more_than_a_look_into_the_database():
    body = LEADS[SecretKind.ACCESS] + "A" * 43

    read = parse(body + checksum(body))

    assert read is not None
    assert read.kind is SecretKind.ACCESS


@pytest.mark.parametrize(("body", "crc_32"), [("", 0), ("123456789", 0xCBF43926)])
def test_the_checksum_is_crc_32_in_six_base62_digits(body, crc_32):
    digits = checksum(body)

    assert len(digits) == 6
    assert sum(BASE62.index(digit) * 62**place for place, digit in enumerate(reversed(digits))) == crc_32


def test_a_turned_refresh_token_keeps_its_row_and_changes_its_turn():
    first = FORMAT.make(SecretKind.REFRESH)

    second = FORMAT.next_turn(first)
    third = FORMAT.next_turn(second)

    assert first.digest == second.digest == third.digest
    assert len({first.turn, second.turn, third.turn, first.digest}) == 4
    assert parse(third.reveal()) == third


def test_the_halves_of_a_refresh_token_cannot_be_exchanged():
    secret = FORMAT.make(SecretKind.REFRESH)
    first, second = random_of(secret)[:43], random_of(secret)[43:]
    body = LEADS[SecretKind.REFRESH] + second + first

    swapped = parse(body + checksum(body))

    assert swapped is not None
    assert parts_of(swapped) == (secret.turn, secret.digest)


@every_kind
def test_what_shows_a_secret_by_accident_shows_nothing_of_it(kind):
    secret = FORMAT.make(kind)

    for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}", repr({"it": secret})):
        assert random_of(secret)[:4] not in shown
        assert secret.reveal()[-4:] not in shown


@every_kind
def test_the_hint_is_the_last_four_characters(kind):
    secret = FORMAT.make(kind)

    assert secret.hint == secret.reveal()[-4:]


def test_a_secret_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        FORMAT.make(SecretKind.CODE).text = HiddenText("another")


def test_secrets_in_a_text_are_stars_however_they_were_cut():
    made = [FORMAT.make(kind).reveal() for kind in SecretKind]

    assert FORMAT.hidden_in(" ".join(made)) == " ".join("*" * len(made))
    for text in made:
        assert FORMAT.hidden_in(f"/a/{text}/b?{text}.json") == "/a/*/b?*.json"
        assert FORMAT.hidden_in(text[:-1]) == FORMAT.hidden_in(text[:-20]) == "*"
    for lead in FORMAT.leads.values():
        assert FORMAT.hidden_in(f"{lead}abc") == f"{lead}abc"


@given(st.text())
def test_a_text_without_secrets_is_left_as_it_is(text):
    assert FORMAT.hidden_in(text) == text


_JWT = f"eyJ{'a' * 60}.eyJ{'b' * 200}.{'c' * 86}"


def test_a_jwt_is_an_access_token_where_the_site_has_those():
    has, has_not = SecretFormat("ref_api", "live", has_jwts=True), SecretFormat("ref_api", "live")
    read = has.parse(HiddenText(_JWT))

    assert read is not None
    assert (read.kind, read.digest, read.hint) == (SecretKind.ACCESS, digest_of(_JWT), "cccc")
    assert has_not.parse(HiddenText(_JWT)) is None


@pytest.mark.parametrize(
    "text",
    [_JWT[:-1], f"{_JWT}c", f"{_JWT}\n", f"{_JWT}.", _JWT.replace(".", "", 1), f"eyJ{'a' * 4000}{_JWT}"],
)
def test_what_is_not_formed_like_a_jwt_of_this_site_is_none(text):
    assert SecretFormat("ref_api", "live", has_jwts=True).parse(HiddenText(text)) is None


@pytest.mark.parametrize("cut", [0, 20, 86, 87, 100])
def test_every_jwt_is_hidden_in_a_log_also_a_cut_one(cut):
    text = _JWT[: len(_JWT) - cut]
    line = f"GET /cb?assertion={text} 200"

    assert SecretFormat("ref_api", "live").hidden_in(line) == "GET /cb?assertion=* 200"
    assert SecretFormat("ref_api", "live").is_in(line)


@pytest.mark.parametrize("text", ["eyJ", "eyJust a name. And more.", "eyJhbGciOi", "key.value"])
def test_what_only_begins_like_a_jwt_is_left_alone(text):
    assert SecretFormat("ref_api", "live").hidden_in(text) == text
    assert not SecretFormat("ref_api", "live").is_in(text)
