"""Staff decide, too, whether the tokens of an application are always bound to a key."""

from __future__ import annotations

import pytest

from oauthcore.models import Application, Profile
from tests.support.admin.changing import address, fields_of, save

pytestmark = pytest.mark.django_db


def test_staff_have_its_tokens_bound_to_keys_unless_it_is_a_legacy_application(editor, application):
    save(editor, application, dpop_bound_access_tokens="on")

    application.refresh_from_db()
    assert application.dpop_bound_access_tokens
    Application.objects.update(profile=Profile.OAUTH_2_0)
    assert "dpop_bound_access_tokens" not in fields_of(editor.get(address(application)))
