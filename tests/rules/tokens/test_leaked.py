"""Finding secrets in text: of every kind, wherever they stand, and what only looks like one."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.leaked import candidates
from oauthcore.rules.tokens.secrets import SecretFormat, SecretKind

FORMAT = SecretFormat("ref_api", "live")


def found(line):
    return list(candidates(line, FORMAT))


def made(kind=SecretKind.SERVICE):
    return FORMAT.make(kind)


@pytest.mark.parametrize("kind", SecretKind)
@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "  {}\r\n",
        'token = "{}"',
        "https://client.example/cb?code={}&state=x",
        "GET /v1/me?access_token%3D{} 200",
        "x{}y",
        r"[12:00] Authorization: Bearer {}\nHost: x",
        "-{}-",
        "_{}_",
    ],
)
def test_a_secret_is_found_whatever_stands_around_it(kind, line):
    secret = made(kind)

    [one] = found(line.format(secret.reveal()))

    assert one.secret == secret


def test_several_in_a_line_are_found_in_their_order():
    first, second = made(), made(SecretKind.REFRESH)

    assert [one.secret for one in found(f"{first.reveal()},{second.reveal()}{first.reveal()}")] == [
        first,
        second,
        first,
    ]


@pytest.mark.parametrize("password", ["{}", "{}%3D"])
def test_credentials_of_the_basic_scheme_are_looked_into(password):
    secret = made(SecretKind.CLIENT_SECRET)
    header = b64encode(f"client:{password.format(secret.reveal())}".encode()).decode()

    assert [one.secret for one in found(f"Authorization: Basic {header}")] == [secret]


def test_credentials_that_are_percent_encoded_are_looked_into():
    secret = made(SecretKind.CLIENT_SECRET)
    header = b64encode(f"client:{quote(secret.reveal()).replace('_', '%5F')}".encode()).decode()

    assert [one.secret for one in found(f"authorization: basic {header}")] == [secret]


@pytest.mark.parametrize("header", ["Basic not*base64", "Basic QUJDREVGRw=", "Basic /////w==", "Basic"])
def test_what_only_looks_like_such_credentials_is_nothing(header):
    assert found(f"Authorization: {header} sent") == []


@pytest.mark.parametrize("kind", SecretKind)
def test_one_that_is_mistyped_or_cut_is_said_to_be_there(kind):
    text = made(kind).reveal()

    for wrong in (text[:-1], text[:-1] + "!", text[:20] + "x" + text[21:], FORMAT.leads[kind]):
        if wrong != text:
            [one] = found(f"token: {wrong}")
            assert (one.secret, one.word) == (None, None)


def test_a_line_of_one_long_word_may_be_a_secret_of_another_form():
    [one] = found('  "sk_live_0123456789abcdef",\n')

    assert (one.secret, one.word) == (None, HiddenText("sk_live_0123456789abcdef"))


@pytest.mark.parametrize(
    "line", ["", "\n", "short", "fifteen_letters", "two words_of_some_length", "[12:00] all is well"]
)
def test_other_text_holds_nothing(line):
    assert found(line) == []


def test_a_secret_of_another_site_is_a_word_like_any_other():
    text = SecretFormat("other", "live").make(SecretKind.SERVICE).reveal()

    assert [one.word for one in found(text)] == [HiddenText(text)]


def test_what_is_found_does_not_show_it_when_it_is_written_out():
    secret = made()

    assert secret.reveal() not in repr(found(secret.reveal()))
    assert "0123456789" not in repr(found("sk_live_0123456789abcdef"))


JWT = f"eyJ{'a' * 60}.eyJ{'b' * 200}.{'c' * 86}"


@pytest.mark.parametrize(
    "line", ["{}", "Authorization: Bearer {}", '{{"access_token":"{}"}}', "?token={}&a=b"]
)
def test_an_access_token_that_is_a_jwt_is_found(line):
    [one] = found(line.format(JWT))

    assert one.secret is not None
    assert (one.secret.kind, one.secret.reveal()) == (SecretKind.ACCESS, JWT)


@pytest.mark.parametrize("text", [JWT + "c", JWT[:-1], JWT.replace("eyJb", "abcd")])
def test_a_jwt_that_cannot_be_one_of_this_site_is_a_word_like_others(text):
    [one] = found(text)

    assert (one.secret, one.word) == (None, HiddenText(text))
