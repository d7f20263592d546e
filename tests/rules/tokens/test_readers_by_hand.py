"""A secret is of the kind that a reader by hand says, or none of this site's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretFormat, checksum
from tests.support.by_hand import Refused, secrets

FORMAT = SecretFormat("ref_api", "live")
LEADS = {kind.value: lead for kind, lead in FORMAT.leads.items()}
RANDOM = st.text("AZaz09-_", min_size=42, max_size=44)
bodies = st.builds(
    "{}{}{}".format,
    st.sampled_from([*LEADS.values(), "ref_api_", "ref_api_live", ""]),
    RANDOM | st.builds("{}{}".format, RANDOM, RANDOM),
    st.sampled_from(["", "", "", "\n", "é", "=", "\x00", "\ud800"]),
)


@given(bodies, st.sampled_from(["right", "right", "wrong", "cut", "long"]), st.text(max_size=2))
def test_a_secret(body, how, more):
    sum_ = checksum(body.encode("utf-8", "replace").decode())
    text = body + {"right": sum_, "wrong": sum_[:-1] + "0", "cut": sum_[:-1], "long": sum_ + more}[how]

    found = FORMAT.parse(HiddenText(text))

    try:
        assert (found.kind.value if found else None) == secrets.kind_of(text, LEADS)
    except Refused:
        assert found is None


@given(st.text(max_size=40))
def test_a_checksum(text):
    body = text.encode("utf-8", "replace").decode()
    digits = checksum(body)

    assert digits == secrets.base62(secrets.crc_32(body))
