"""Client credentials: one method, read raw or percent-encoded, or nothing but a name."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidClient, InvalidRequest
from oauthcore.rules.oauth.client_credentials import ClientCredentials, parse
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.parameters import SECRETS, Parameters

visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)
client_ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=40)


def body(**values: str) -> Parameters:
    secrets = {name: HiddenText(value) for name, value in values.items() if name in SECRETS}
    return Parameters({name: values[name] for name in values if name not in SECRETS}, secrets=secrets)


def secrets_of(found: ClientCredentials) -> tuple[str, ...]:
    return tuple(one.reveal() for one in found.secrets)


def basic(credentials: str | bytes, scheme: str = "Basic") -> str:
    raw = credentials if isinstance(credentials, bytes) else credentials.encode()
    return f"{scheme} {b64encode(raw).decode()}"


@pytest.mark.rfc("6749", "2.3.1")
@given(client_ids, visible, st.sampled_from([str, quote, quote_plus]))
def test_basic_carries_id_and_secret_raw_or_percent_encoded(client_id, secret, encode):
    found = parse(basic(f"{encode(client_id)}:{encode(secret)}"), body())

    assert found.client_id == client_id
    assert secret in secrets_of(found)
    assert found.also is None


def test_what_percent_decoding_does_not_change_is_compared_once():
    assert secrets_of(parse(basic("id:plain"), body())) == ("plain",)
    assert secrets_of(parse(basic("id:a%2Bb+c"), body())) == ("a%2Bb+c", "a+b c")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc"])
def test_the_scheme_is_read_in_any_case(scheme):
    assert parse(basic("id:secret", scheme), body()).client_id == "id"


@given(client_ids, visible)
def test_the_body_carries_id_and_secret_as_they_are(client_id, secret):
    found = parse(None, body(client_id=client_id, client_secret=secret))

    assert (found.client_id, secrets_of(found), found.also) == (client_id, (secret,), None)


@pytest.mark.parametrize(
    "authorization", [None, "", basic("id:"), "Bearer abc", "Digest abc", "Basically id"]
)
def test_a_name_without_a_secret_is_a_public_applications(authorization):
    found = parse(authorization, body(client_id="id"))

    assert (found.client_id, secrets_of(found)) == ("id", ())


@pytest.mark.rfc("6749", "2.3")
@pytest.mark.parametrize("client_id", [{}, {"client_id": "id"}])
def test_two_methods_at_once_are_refused(client_id):
    with pytest.raises(InvalidRequest, match="not in both"):
        parse(basic("id:secret"), body(client_secret="secret", **client_id))


def test_basic_beside_the_same_client_id_in_the_body_is_one_method():
    found = parse(basic("id:secret"), body(client_id="id"))

    assert (found.client_id, found.also) == ("id", "id")


def test_basic_beside_another_client_id_in_the_body_is_refused():
    with pytest.raises(InvalidRequest, match="not the one"):
        parse(basic("a:secret"), body(client_id="b"))


@pytest.mark.parametrize(("header", "named"), [("7", "a"), ("a", "7"), ("7", "8")])
def test_a_number_may_name_the_same_application_so_that_is_decided_later(header, named):
    found = parse(basic(f"{header}:secret"), body(client_id=named))

    assert (found.client_id, found.also) == (header, named)


@pytest.mark.parametrize("values", [{}, {"client_secret": "secret"}, {"grant_type": "x"}])
def test_nothing_to_go_by_is_refused(values):
    with pytest.raises(InvalidClient):
        parse(None, body(**values))


@pytest.mark.parametrize("name", ["client_assertion", "client_assertion_type"])
def test_an_assertion_is_not_taken_for_no_credentials(name):
    with pytest.raises(InvalidClient, match="assertion"):
        parse(None, body(client_id="id", **{name: "x"}))


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        basic("id:secret") + "!",
        basic("id:secret") + " x",
        basic("id:secret").rstrip("=") + "\n=",
        "Basic é",
        "Basic a",
        basic("no colon"),
        basic(":secret"),
        basic(":"),
        basic(b"\xff\xfe:secret"),
        basic(b"id\x00:secret"),
        basic("id%00:secret"),
        basic("x" * 256 + ":secret"),
        basic("A" * 65536),
        "Basic " + "A" * 65536,
    ],
)
def test_a_basic_header_that_carries_no_credentials_is_refused(authorization):
    with pytest.raises(InvalidClient):
        parse(authorization, body())


def test_broken_escapes_are_part_of_the_text():
    found = parse(basic("id%zz:se%zzcret%"), body())

    assert (found.client_id, secrets_of(found)) == ("id%zz", ("se%zzcret%",))


def test_escapes_that_are_not_utf_8_are_part_of_the_text():
    found = parse(basic("id%ff:se%ffcret"), body())

    assert (found.client_id, secrets_of(found)) == ("id%ff", ("se%ffcret",))


@pytest.mark.parametrize("client_id", ["x" * 256, "a\x00b"])
def test_an_identifier_that_no_row_can_hold_is_refused(client_id):
    with pytest.raises(InvalidClient):
        parse(None, body(client_id=client_id, client_secret="secret"))


@given(
    st.text() | st.text().map("Basic {}".format) | st.binary().map(basic) | st.text().map(basic),
    st.dictionaries(st.sampled_from(["client_id", "client_secret", "client_assertion"]), visible),
)
def test_whatever_is_sent_gives_credentials_or_a_refusal(authorization, sent):
    try:
        found = parse(authorization, body(**sent))
    except (InvalidClient, InvalidRequest):
        return
    assert 0 < len(found.client_id) <= 255
    assert "\x00" not in found.client_id


def test_credentials_do_not_show_their_secret():
    for found in (
        parse(basic("id:hunter2"), body()),
        parse(None, body(client_id="id", client_secret="hunter2")),
    ):
        assert "hunter2" not in repr(found)
