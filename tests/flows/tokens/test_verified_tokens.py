"""A verified token, as code that holds one asks it."""

from __future__ import annotations

import pytest

from oauthcore.flows.tokens.verify import verify
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.oauth import with_person

pytestmark = pytest.mark.django_db


@pytest.mark.rfc("8707", "2")
def test_a_token_that_names_no_resource_is_taken_as_it_is_by_each():
    verified = verify(HiddenText(with_person().tokens()["access_token"]), address=None)

    assert verified.at(None) is verified
