"""Whatever begins with a redirect URI is below it, however a server reads it: an oracle that decodes."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from oauthcore.rules.oauth.redirect_uris import begins_with, problem_with
from tests.support.prefixes import REGISTERED

segments = st.sampled_from(
    [
        "a",
        "b.html",
        "cb",
        "..",
        ".",
        "",
        "%2e%2e",
        "%2E.",
        "..%2fb",
        "..%5c",
        "%252e%252e",
        "..;x",
        "%20",
        "...",
        ";",
    ]
)
origins = st.sampled_from(
    [
        "https://client.example",
        "https://client.example:8443",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://client.example@evil.example",
        "HTTPS://client.example",
        "http://[::1",
    ]
)
paths = st.lists(segments, max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts))
ends = st.sampled_from(["", "", "", "", "?x=1", "?", "#x", "\\", " ", "x", "@evil.example", ".evil.example"])
uris = st.builds("{}{}{}".format, origins, paths, ends)
sound = st.sampled_from(
    ["https://client.example", REGISTERED, f"{REGISTERED}/b.html", "http://127.0.0.1:1/cb/"]
)
tails = st.lists(segments, min_size=1, max_size=3).map("/".join)
below = st.builds(lambda above, tail: (above, f"{above.rstrip('/')}/{tail}"), sound, tails)
pairs = below | st.tuples(sound | uris, uris)


def path_of(uri: str) -> list[str]:
    """Return the segments as the most forgiving of servers reads them: decoded for as long as it goes."""
    path = urlsplit(uri).path
    while (decoded := unquote(path)) != path:
        path = decoded
    found: list[str] = []
    for segment in path.replace("\\", "/").split("/")[1:]:
        name = segment.partition(";")[0]
        if name == "..":
            del found[-1:]
        elif name != ".":
            found.append(segment)
    return found


@settings(max_examples=500)
@given(pairs)
@example((REGISTERED, f"{REGISTERED}/..;/x"))
@example(("https://client.example", "https://client.example/a"))
def test_whatever_begins_with_an_address_is_below_it_for_every_reader(pair):
    """The oracle parses and decodes where the rule compares text."""
    registered, sent = pair
    if not begins_with(registered, sent):
        return
    ours, theirs = urlsplit(registered), urlsplit(sent)
    above = [one for one in path_of(registered) if one]

    assert (theirs.scheme, theirs.hostname, theirs.port) == (ours.scheme, ours.hostname, ours.port)
    assert (theirs.username, theirs.query, theirs.fragment) == (None, "", "")
    assert [one for one in path_of(sent) if one][: len(above)] == above
    assert problem_with(sent) is None


@given(origins, paths, st.lists(st.text("abc.-_~", min_size=3), min_size=1, max_size=4))
def test_plain_segments_below_an_address_that_may_be_registered_begin_with_it(origin, path, below):
    registered = f"{origin}{path}"
    sent = f"{registered.rstrip('/')}/{'/'.join(below)}"
    if problem_with(registered) is not None or registered.endswith("//"):
        return

    assert begins_with(registered, sent)
