"""A URL that a stranger sends is read strictly, or not at all."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.wire.https_urls import HttpsURL, is_named

WRONG = [
    *("", "client", "http://client.example/a", "HTTPS://client.example/a", "//client.example/a"),
    *(
        "https:client.example/a",
        "https://",
        "https:///a",
        "https://client.example",
        "https://client.example?a",
    ),
    *("https://user@client.example/a", "https://user:word@client.example/a", "https://@client.example/a"),
    *("https://client.example/a#b", "https://client.example/a#", "https://client.example/a/../b"),
    *("https://client.example/.", "https://client.example/a/./b", "https://client.example/%2e%2E/b"),
    *("https://client.example/a/.%2e", "https://client.example:/a", "https://client.example:0/a"),
    *("https://client.example:65536/a", "https://client.example:443x/a", "https://client..example/a"),
    *("https://client.example./a", "https://-client.example/a", "https://client_a.example/a"),
    *("https://2130706433/a", "https://017700000001/a", "https://0x7f000001/a", "https://127.1/a"),
    *("https://0177.0.0.1/a", "https://127.0.0.01/a", "https://0x7f.0.0.1/a", "https://1.2.3.4.5/a"),
    *("https://client.0x10/a", "https://[::1/a", "https://[127.0.0.1]/a", "https://[::1%25eth0]/a"),
    *(
        "https://[1:2]/a",
        "https://[]/a",
        "https://client.example\\@evil.example/a",
        "https://client.example/a b",
    ),
    *("https://client.example/a\n", "https://client.example/ä", "https://clïent.example/a"),
    *("https://client.example/%zz", "https://client.example/%", "https://client.example/a\x00"),
    *('https://client.example/"', "https://client.example/<a>", "https://client%2eexample/a"),
    "https://client.example/" + "a" * 233,
    f"https://{'a' * 64}.example/a",
]


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "3")
@pytest.mark.parametrize("text", WRONG)
def test_these_are_refused_in_words(text):
    with pytest.raises(ValueError, match=r"^The .*\.$"):
        HttpsURL.parse(text)


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "3")
@pytest.mark.parametrize(
    ("text", "host", "port", "target", "shown"),
    [
        ("https://client.example/", "client.example", 443, "/", "client.example"),
        ("https://client.example/a/b.json", "client.example", 443, "/a/b.json", "client.example"),
        ("https://client.example:443/a", "client.example", 443, "/a", "client.example"),
        ("https://Client.Example:8443/a?b=../c", "client.example", 8443, "/a?b=../c", "client.example:8443"),
        ("https://xn--bcher-kva.example/a", "xn--bcher-kva.example", 443, "/a", "xn--bcher-kva.example"),
        ("https://93.184.216.34/a", "93.184.216.34", 443, "/a", "93.184.216.34"),
        ("https://[2001:DB8::1]:8443/a", "2001:db8::1", 8443, "/a", "[2001:db8::1]:8443"),
        ("https://localhost/...", "localhost", 443, "/...", "localhost"),
        ("https://client.example/" + "a" * 232, "client.example", 443, "/" + "a" * 232, "client.example"),
    ],
)
def test_these_are_read(text, host, port, target, shown):
    url = HttpsURL.parse(text)

    assert (url.text, url.host, url.port, url.target, url.shown_host) == (text, host, port, target, shown)


@given(st.text(max_size=40), st.sampled_from(["https://{}/a", "https://client.example/{}", "https://{}"]))
def test_whatever_is_read_has_a_host_that_a_resolver_takes(text, form):
    sent = form.format(text)
    try:
        url = HttpsURL.parse(sent)
    except ValueError:
        return
    assert url.text == sent
    assert sent.isascii()
    assert url.target.startswith("/")
    assert not set(url.host) & set("@/?#\\% ")
    assert 0 < url.port < 65536


@given(
    st.lists(
        st.integers(0, 2**32 - 1).flatmap(lambda n: st.sampled_from([str(n), f"0{n:o}", hex(n)])), max_size=4
    )
)
def test_a_host_that_is_made_of_numbers_is_an_address_in_its_one_spelling(numbers):
    host = ".".join(numbers)
    try:
        url = HttpsURL.parse(f"https://{host}/a")
    except ValueError:
        return
    assert str(ip_address(url.host)) == host


def test_a_pattern_names_one_host_or_all_below_it():
    assert is_named("client.example", ["other.example", "Client.Example"])
    assert is_named("a.b.client.example", ["*.client.example"])
    assert not is_named("client.example", ["*.client.example"])
    assert not is_named("notclient.example", ["*.client.example", "client"])
    assert not is_named("client.example", [])
