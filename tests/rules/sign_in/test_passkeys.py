"""Passkeys before anything is checked: whose they can be, and the shape of what a browser sends.

What reads it afterwards takes a number for so many bytes: a billion of them from ten digits.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauthcore.rules.sign_in.passkeys import (
    PasskeyRefused,
    Problem,
    RelyingParty,
    parse_assertion,
    parse_name,
    parse_registration,
)
from tests.support.passkeys.authenticator import base64url

CLIENT = {"type": "webauthn.get", "challenge": "AAAA", "origin": "https://a.example", "crossOrigin": False}


def encoded(client: Any) -> str:
    return base64url(json.dumps(client).encode())


def assertion(**response: Any) -> dict[str, Any]:
    sent = {"clientDataJSON": encoded(CLIENT), "authenticatorData": "AAAA", "signature": "AAAA"}
    return {"rawId": "AAAA", "response": sent | response}


@pytest.mark.parametrize(
    ("issuer", "domain", "origin"),
    [
        ("https://id.example.org", "id.example.org", "https://id.example.org"),
        ("https://ID.example.org:443/path", "id.example.org", "https://id.example.org"),
        ("https://id.example.org:8443", "id.example.org", "https://id.example.org:8443"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://demo.localhost:80", "demo.localhost", "http://demo.localhost"),
    ],
)
def test_the_site_is_its_issuers_domain_and_origin(issuer: str, domain: str, origin: str) -> None:
    assert RelyingParty.parse(issuer) == RelyingParty(domain, origin)


@pytest.mark.parametrize(
    ("issuer", "problem"),
    [
        *((issuer, Problem.NO_DOMAIN) for issuer in ("", "https://192.0.2.1", "https://[2001:db8::1]:8443")),
        ("https://bücher.example", Problem.NO_DOMAIN),
        *(
            (issuer, Problem.LOOPBACK)
            for issuer in ("http://127.0.0.1:8000", "https://127.1.2.3", "http://[::1]")
        ),
        *((issuer, Problem.NOT_HTTPS) for issuer in ("http://id.example.org", "ftp://localhost")),
        ("http://localhost.example.org", Problem.NOT_HTTPS),
    ],
)
def test_browsers_have_no_passkeys_for_numbers_nor_without_https(issuer: str, problem: Problem) -> None:
    with pytest.raises(PasskeyRefused) as refused:
        RelyingParty.parse(issuer)

    assert refused.value.problem is problem


def test_a_name_is_one_plain_line_of_a_hundred_letters() -> None:
    assert parse_name("  Key ring ") == "Key ring"
    assert parse_name("é" * 100) == "é" * 100
    for name in ("", "  ", "x" * 101, "two\nlines", "NUL\x00", "turned \u202e around", "\u200b", "\ud800"):
        with pytest.raises(PasskeyRefused) as refused:
            parse_name(name)
        assert refused.value.problem is Problem.NAME


def test_of_a_good_answer_nothing_is_handed_on_but_what_was_looked_at() -> None:
    sent = {**assertion(userHandle="AAAA", more=7), "id": "x", "type": 7, "clientExtensionResults": 10**9}
    read = {"clientDataJSON": encoded(CLIENT), "authenticatorData": "AAAA", "signature": "AAAA"}

    assert parse_assertion(json.dumps(sent)) == {
        "rawId": "AAAA",
        "type": "public-key",
        "response": {**read, "userHandle": "AAAA"},
    }
    for none in (None, ""):
        assert parse_assertion(json.dumps(assertion(userHandle=none)))["response"] == read
    made = {"rawId": "AAAA", "response": {"clientDataJSON": encoded(CLIENT), "attestationObject": "AAAA"}}
    assert parse_registration(json.dumps(made | {"id": 1})) == {**made, "type": "public-key"}


BAD_MEMBERS = [10**9, -1, 1.5, True, None, [], [1] * 10, {}, "", "A+/A", "AA==", "é", "A A", "A" * 16_385]
BAD_CLIENTS = [
    *(7, None, [], "text", {}),
    *({**CLIENT, name: value} for name in ("type", "challenge", "origin") for value in (10**9, None, [])),
    *({**CLIENT, "crossOrigin": value} for value in (True, 1, "false")),
]
BAD_ANSWERS = [
    *(7, None, [], "text", {}, {"rawId": "AAAA"}, {"rawId": "AAAA", "response": 10**9}),
    *({**assertion(), "rawId": value} for value in [*BAD_MEMBERS, "A" * 1_365]),
    *(assertion(**{name: bad}) for name in ("authenticatorData", "signature") for bad in BAD_MEMBERS),
    *(assertion(clientDataJSON=bad) for bad in [*BAD_MEMBERS, "AAAAA", base64url(b"\xff{}")]),
    *(assertion(userHandle=bad) for bad in BAD_MEMBERS if bad not in (None, "")),
    *(assertion(clientDataJSON=encoded(client)) for client in BAD_CLIENTS),
]


def test_whatever_has_another_shape_is_one_refusal() -> None:
    texts = [json.dumps(answer) for answer in BAD_ANSWERS]
    texts += ["", "{", "\x00", "\ud800", "[" * 50_000, json.dumps(assertion()) + " " * 65_536]
    texts += ['{"rawId": "AAAA", "rawId": "AAAA"}', '{"rawId": %s}' % ("9" * 5_000), '{"rawId": NaN}']

    for text in texts:
        with pytest.raises(PasskeyRefused) as refused:
            parse_assertion(text)
        assert refused.value.problem is Problem.NOT_VALID, text[:200]

    for missing in ("clientDataJSON", "attestationObject"):
        made = {"clientDataJSON": encoded(CLIENT), "attestationObject": "AAAA"}
        made.pop(missing)
        with pytest.raises(PasskeyRefused):
            parse_registration(json.dumps({"rawId": "AAAA", "response": made}))


def test_a_refusal_repeats_nothing_of_what_was_sent() -> None:
    with pytest.raises(PasskeyRefused) as refused:
        parse_assertion('{"rawId": "secret"}')

    assert "secret" not in refused.value.reason
    assert refused.value.description == "The passkey was refused."
