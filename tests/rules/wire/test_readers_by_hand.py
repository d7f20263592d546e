"""What is read of strangers is what readers by hand make of it, and nothing else is ever raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.wire.bearer import token_in
from oauthcore.rules.wire.networks import Address, allows, client_address, parse_address, parse_network
from oauthcore.rules.wire.strict_json import loads
from tests.support.by_hand import Refused, addresses, headers, json_text


def pieces(*some: str, most: int = 8) -> st.SearchStrategy[str]:
    """Return texts of such pieces, which now and then fit together."""
    return st.lists(st.sampled_from(some) | st.text(max_size=2), max_size=most).map("".join)


def by_hand(read: Callable[..., Any], *given: Any) -> Any:
    """Return what a reader by hand says, or the class of its refusal."""
    try:
        return read(*given)
    except Refused as refusal:
        return type(refusal)


json_like = pieces(
    *('{"a":', '{"a":1,', '"a":', "[", "]", "}", ",", ":", '"', "\\", "\\u0000", "\\ud83d\\ude00", "\\udc00"),
    *(
        "1",
        "-",
        "0",
        ".5",
        "e9",
        "1e999",
        "1" * 50,
        "NaN",
        "null",
        "true",
        "\n",
        "\ufeff",
        "[" * 16,
        "]" * 16,
    ),
    most=12,
)


@given(st.binary(max_size=12) | json_like.map(lambda text: text.encode("utf-8", "replace")))
def test_json(body):
    try:
        found = repr(loads(body))
    except InvalidRequest:
        found = Refused
    wanted = by_hand(json_text.read, body)

    assert found == (wanted if wanted is Refused else repr(wanted))


authorizations = pieces(
    *(
        "Bearer",
        "bearer",
        "BEARER",
        " ",
        " ",
        "\t",
        "abc",
        "~",
        ",",
        ", Bearer x",
        "DPoP",
        "-x",
        "=",
        "\u017f",
    ),
    *("x" * 4090, "\x00", "é", '"'),
)


@given(authorizations)
def test_a_bearer_header(authorization):
    try:
        token = token_in(authorization)
        found: Any = None if token is None else token.reveal()
    except InvalidToken:
        found = Refused
    except InvalidRequest:
        found = headers.SeveralHeaders

    assert found == by_hand(headers.bearer, authorization)


v4, v6 = st.ip_addresses(v=4), st.ip_addresses(v=6)
written = st.one_of(
    v4.map(str),
    v6.map(str),
    v6.map(lambda one: one.exploded),
    v4.map("::ffff:{}".format),
    v4.map("64:ff9b::{}".format),
    st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::1", "::ffff:10.0.0.3", "192.0.2.1"]),
    pieces(
        "1", "255", "256", "0", "01", ".", ":", "::", "ffff", "%eth0", " ", "\t", "/8", "x", "\u0661", most=9
    ),
)
networks = st.builds(
    lambda address, bits: f"{type(address)((int(address) >> bits) << bits)}/{address.max_prefixlen - bits}",
    v4 | v6,
    st.integers(0, 32),
) | st.sampled_from(["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::/0", "10.0.0.2/32"])


def in_bits(address: Address | None) -> str | None:
    return None if address is None else f"{int(address):0{address.max_prefixlen}b}"


@given(written)
def test_an_address(text):
    wanted = by_hand(addresses.address, text)

    assert in_bits(parse_address(text)) == (None if wanted is Refused else wanted)


@given(
    written,
    st.lists(written | st.just(""), max_size=5).map(",".join),
    st.lists(networks, max_size=3),
    st.lists(networks, max_size=3),
)
@example("0.0.0.1", "", [], ["::ffff:0:0/127"])  # fuzzing found it: the reader by hand took all 32 bits
def test_whether_a_request_comes_from_an_allowed_network(remote, forwarded_for, trusted, allowed):
    found = client_address(remote, forwarded_for, [parse_network(one) for one in trusted])

    wanted = addresses.client(remote, forwarded_for, trusted)
    assert in_bits(found) == wanted
    assert allows(allowed, found) is addresses.allows(allowed, wanted)
