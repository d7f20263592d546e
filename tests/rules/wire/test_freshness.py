"""An answer is kept as long as its headers say, within bounds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.wire.freshness import seconds_fresh

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LEAST, MOST = 300, 86400


def fresh(cache_control="", expires=None, age=None):
    return seconds_fresh(
        cache_control=cache_control, expires=expires, age=age, now=NOW, least=LEAST, most=MOST
    )


@pytest.mark.rfc("9111", "4.2.1")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, LEAST),
        ({"cache_control": "max-age=3600"}, 3600),
        ({"cache_control": 'public, Max-Age = "3600"'}, 3600),
        ({"cache_control": "max-age=3600, s-maxage=600"}, 600),
        ({"cache_control": "max-age=3600", "age": "600"}, 3000),
        ({"cache_control": "max-age=3600", "age": "-600"}, 3600),
        ({"cache_control": "max-age=60"}, LEAST),
        ({"cache_control": "max-age=999999999"}, MOST),
        ({"cache_control": "max-age=-1"}, LEAST),
        ({"cache_control": "max-age=soon"}, LEAST),
        ({"cache_control": "max-age=3600, no-store"}, LEAST),
        ({"cache_control": "no-cache"}, LEAST),
        ({"cache_control": "private, max-age=3600"}, LEAST),
        ({"expires": "Sun, 29 Nov 2026 13:00:00 GMT"}, 3600),
        ({"expires": "Sun, 29 Nov 2026 13:00:00 GMT", "cache_control": "max-age=600"}, 600),
        ({"expires": "Sun, 29 Nov 2026 11:00:00 GMT"}, LEAST),
        ({"expires": "Sun, 29 Nov 2026 13:00:00 -0000"}, LEAST),
        ({"expires": "0"}, LEAST),
    ],
)
def test_these_headers_say_how_long(headers, seconds):
    assert fresh(**headers) == seconds


@given(st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_header_leads_out_of_the_bounds(cache_control, expires, age):
    assert LEAST <= fresh(cache_control, expires, age) <= MOST
