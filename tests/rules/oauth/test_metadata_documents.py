"""What a client says of itself is read strictly: it is described, or refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.documents import UnusableClientDocument
from oauthcore.rules.oauth import redirect_uris
from oauthcore.rules.oauth.metadata_documents import DescribedClient, UnusableDocument, parse
from oauthcore.rules.oauth.self_registration import described_host
from oauthcore.rules.wire.https_urls import HttpsURL
from tests.support.jose import a_key, public

URL = HttpsURL.parse("https://tool.example/client")
GOOD = {"client_id": URL.text, "redirect_uris": ["https://tool.example/cb"]}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
MEMBERS = [
    *("client_id", "redirect_uris", "client_name", "grant_types", "scope", "token_endpoint_auth_method"),
    *("jwks", "jwks_uri", "client_secret", "logo_uri"),
]


def test_what_is_left_out_has_the_defaults_of_rfc_7591():
    assert parse(GOOD, URL) == DescribedClient(
        url=URL,
        redirect_uris=("https://tool.example/cb",),
        name="",
        grant_types=frozenset({"authorization_code"}),
        scopes=None,
        signs=False,
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Tool", "Tool"),
        (" Tool ", "Tool"),
        ("", ""),
        (1, ""),
        ("a" * 101, ""),
        ("a\u202eb", ""),
        ("a\nb", ""),
    ],
)
def test_a_name_is_kept_where_it_reads_as_it_is_written(name, kept):
    assert parse({**GOOD, "client_name": name}, URL).name == kept


def test_a_redirect_uri_that_comes_twice_is_one():
    uris = ["https://tool.example/cb"] * 30

    assert parse({**GOOD, "redirect_uris": uris}, URL).redirect_uris == ("https://tool.example/cb",)


def test_keys_of_a_client_that_does_not_sign_must_be_public_and_are_not_used():
    described = parse({**GOOD, "jwks": {"keys": [public(a_key())]}}, URL)

    assert not described.signs
    assert described.keys == ()
    with pytest.raises(UnusableDocument, match="private"):
        parse({**GOOD, "jwks": {"keys": [a_key().as_dict(private=True)]}}, URL)


@given(json_values)
def test_any_document_is_refused_in_words_or_describes_a_client(document):
    with pytest.raises(UnusableDocument, match=r"^(The|One|This) .*"):
        parse(document, URL)


@given(st.dictionaries(st.sampled_from(MEMBERS), json_values), st.lists(st.sampled_from(["tool", "cursor"])))
def test_what_is_described_can_be_registered(members, schemes):
    members.pop("client_id", None)
    try:
        described = parse({**GOOD, **members}, URL, schemes=schemes)
    except UnusableDocument:
        return
    assert "client_secret" not in members
    assert described.redirect_uris
    assert all(redirect_uris.problem_with(uri, schemes=schemes) is None for uri in described.redirect_uris)
    assert not described.signs or described.keys or described.jwks_uri


@given(st.text(max_size=30), st.sampled_from(["https://{}", "{}://cb", "http://{}", "com.example.{}:/cb"]))
def test_no_redirect_uri_gets_in_that_no_application_may_have(text, form):
    try:
        described = parse({**GOOD, "redirect_uris": [form.format(text)]}, URL)
    except UnusableDocument:
        return
    assert redirect_uris.problem_with(described.redirect_uris[0]) is None


def test_a_refusal_on_the_wire_has_the_characters_of_rfc_6749():
    refusal = UnusableClientDocument("The path has “.” segments, and that’s all.")

    assert refusal.description.isascii()
    assert (refusal.error, refusal.status) == ("invalid_client", 400)


def test_the_host_of_a_document_is_not_said_of_a_registered_application():
    assert described_host("https://tool.example/a", is_self_registered=True) == "tool.example"
    assert described_host("https://tool.example/a", is_self_registered=False) == ""
    assert described_host("c0ffee", is_self_registered=True) == ""
