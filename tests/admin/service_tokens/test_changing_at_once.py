"""Two people change one service token: the slower one undoes nothing unknowingly."""

from __future__ import annotations

import pytest

from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import change
from tests.support.admin.tokens import address, shown
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale(token, editor):
    """What a page sends that was opened before a colleague restricted the networks."""
    fields = shown(editor.get(address(token)))
    change(
        token,
        Limits(token.label, token.scopes, expires_at=token.expires_at, allowed_networks=("10.0.0.0/8",)),
        staff=None,
    )
    return fields | {"contact": "a@example.org"}


def test_a_page_opened_before_a_restriction_does_not_lift_it(token, editor, stale):
    page = editor.post(address(token), stale)

    token.refresh_from_db()
    assert (token.allowed_networks, token.contact) == (["10.0.0.0/8"], "")
    assert "Somebody changed this token after you opened the page." in text_of(page)


def test_saving_again_knowingly_puts_it_in_place(token, editor, stale):
    page = editor.post(address(token), stale)

    editor.post(address(token), stale | {"seen": page.context["form"]["seen"].value()})

    token.refresh_from_db()
    assert (token.allowed_networks, token.contact) == (None, "a@example.org")
