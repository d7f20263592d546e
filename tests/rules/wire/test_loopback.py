"""http is good enough for this machine itself, and https is for everywhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from oauthcore.rules.wire.loopback import is_protected


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://localhost",
        "HTTP://LOCALHOST",
    ],
)
def test_nobody_on_the_network_reads_it(url):
    assert is_protected(urlsplit(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://localhost",
        "//localhost",
        "",
    ],
)
def test_somebody_on_the_network_may_read_it(url):
    assert not is_protected(urlsplit(url))
