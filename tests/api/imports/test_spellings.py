"""What another package signed looks like a token of this site, and is not taken for one."""

from __future__ import annotations

import pytest

from tests.support.factories import register
from tests.support.imported import accepts, import_token
from tests.support.oauth import OAuthClient

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("the text is read in Python")]


def test_a_refresh_token_that_is_a_jwt_with_a_signature_like_ours_is_exchanged(settings):
    accepts(settings, "django-oauth-toolkit")
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": True}
    registered, text = register(), f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 86}"
    import_token(text, is_refresh=True, client_id=registered.client_id)

    assert OAuthClient(registered).refresh(text).status_code == 200
