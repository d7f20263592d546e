"""What others change while a page of the admin is open stays, unless it was touched there too."""

from __future__ import annotations

import re

import pytest

from oauthcore.models import Application
from tests.support.admin.changing import address, fields_of

pytestmark = pytest.mark.django_db


def test_a_scope_that_is_approved_while_the_page_is_open_is_not_taken_away_by_saving_it(editor, application):
    fields = fields_of(editor.get(address(application)))
    Application.objects.update(scopes=["read", "api.images.read", "api.upload"])

    editor.post(address(application), {**fields, "is_verified": "on"})

    application.refresh_from_db()
    assert application.is_verified
    assert "api.upload" in application.scopes


def test_what_others_have_decided_since_the_page_was_opened_stays(editor, application):
    Application.objects.update(is_trusted=True, is_verified=True, scopes=["read", "api.images.read"])
    fields = fields_of(editor.get(address(application)))
    Application.objects.update(
        is_suspended=True, is_trusted=False, dpop_bound_access_tokens=True, scopes=["read"]
    )

    changed = {"access_token_lifetime": "60", "scopes": [*fields["scopes"], "api.upload"]}
    editor.post(address(application), fields | changed)

    application.refresh_from_db()
    assert application.access_token_lifetime == 60
    assert (application.is_suspended, application.is_trusted) == (True, False)
    assert application.dpop_bound_access_tokens
    assert application.scopes == {"read", "api.upload"}


def test_a_box_that_was_ticked_beside_a_mistake_is_still_ticked_once_that_is_mended(editor, application):
    Application.objects.update(scopes=[])
    page = editor.get(address(application))
    fields = fields_of(page) | hidden_of(page)
    wrong = editor.post(address(application), {**fields, "scopes": ["read"], "access_token_lifetime": "soon"})
    again = hidden_of(wrong) | {"scopes": ["read"], "access_token_lifetime": "60"}

    editor.post(address(application), fields | again)

    application.refresh_from_db()
    assert application.scopes == {"read"}


_HIDDEN = re.compile(r'<input type="hidden" name="(initial-[^"]+)"(?: value="([^"]*)")?')


def hidden_of(page):
    """Return the hidden fields of a page as a browser would send them."""
    fields = {}
    for name, value in _HIDDEN.findall(page.content.decode()):
        fields.setdefault(name, []).append(value)
    return fields
