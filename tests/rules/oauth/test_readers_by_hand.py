"""Credentials, scopes and verifiers are what readers by hand make of them, and nothing else is raised."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import example, given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidClient, InvalidGrant, InvalidScope
from oauthcore.rules.oauth import client_credentials, pkce
from oauthcore.rules.oauth import scopes as rules
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.parameters import Parameters
from tests.support.by_hand import Refused, headers, scopes, secrets

parts = st.sampled_from(
    ["id", ":", ":", "secret", "%2B", "%3A", "%zz", "%", "%ff", "%c3%a9", "+", "é", "\x00", "x" * 250, " "]
)
inside = st.lists(parts, max_size=5).map("".join).map(str.encode) | st.binary(max_size=8)
encoded = inside.map(lambda raw: b64encode(raw).decode())
bent = st.builds(
    lambda text, at, other: text[:at] + other + text[at + 1 :],
    encoded,
    st.integers(0, 12),
    st.sampled_from(["", "=", "==", "-", "_", "\n", " ", "A", "é"]),
)
basics = st.builds(
    "{}{}{}".format,
    st.sampled_from(["Basic ", "basic  ", "BASIC\t", "Basic", " Basic ", "Basics "]),
    encoded | bent,
    st.sampled_from(["", "", " ", "\n"]),
)


@given(basics | st.text(max_size=10))
@example("Basic aWQ6c2VjcmV0")
@example("Basic aWQ6c2VjcmV1")
@example("Basic aWQ6YR==")
def test_a_basic_header(authorization):
    try:
        read = client_credentials.parse(authorization, Parameters({}, secrets={}))
        found = read.client_id, [one.reveal() for one in read.secrets]
    except InvalidClient:
        found = None
    try:
        wanted = headers.basic(authorization)
    except Refused:
        wanted = None

    assert found == wanted


@given(
    st.lists(st.sampled_from(["read", "write:a", " ", "+", "  ", "%20", '"', "\\", "\t", "é", "\x00"])).map(
        "".join
    )
)
@example(" " * 499)
@example(" " * 500)
def test_a_list_of_scopes(text):
    try:
        found = set(rules.parse(text))
    except InvalidScope:
        found = None
    try:
        wanted = scopes.names(text)
    except Refused:
        wanted = None

    assert found == wanted


names = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=3).map(":".join)
sites = st.dictionaries(names, st.frozensets(names, max_size=2), max_size=6)


@given(sites, st.frozensets(names, max_size=3), st.frozensets(names, max_size=2))
def test_what_scopes_give(site, granted, asked):
    vocabulary = rules.Vocabulary(
        {name: rules.ScopeWords(includes=tuple(includes)) for name, includes in site.items()}
    )
    words = {name: set(includes) for name, includes in site.items()}

    reached = scopes.reached(set(granted), words)

    assert vocabulary.expand(granted) == reached
    assert vocabulary.is_within(asked, granted) is (asked <= reached)


unreserved = st.text("AZaz09-._~", min_size=42, max_size=44)
verifiers = unreserved | st.builds(
    "{}{}".format, unreserved, st.sampled_from(["\n", "=", "é", " ", "x" * 85, "x" * 86])
)


@given(
    verifiers | st.none() | st.text(max_size=3),
    verifiers,
    st.sampled_from(["S256", "plain", ""]),
    st.booleans(),
)
def test_a_verifier(verifier, other, method, is_its_own):
    made_of = verifier if is_its_own and verifier is not None else other
    challenge = {"S256": secrets.s256(made_of), "plain": made_of, "": ""}[method]
    try:
        pkce.verify(pkce.Challenge(challenge, method), None if verifier is None else HiddenText(verifier))
        is_open = True
    except InvalidGrant:
        is_open = False

    assert is_open is secrets.opens(challenge, method, verifier)
