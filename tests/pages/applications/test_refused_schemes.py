"""A legacy application whose redirect URIs OAuth 2.1 refuses is told so on its upgrade page."""

from __future__ import annotations

import pytest

from tests.support.factories import REDIRECT_URI
from tests.support.pages.developer import Developer
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts of a page; the dry run itself runs everywhere in flows"),
]


def test_the_schemes_are_named_and_stop_the_upgrade(grace: Developer) -> None:
    application = grace.has(profile="oauth2.0", redirect_uris=["icecubesapp://", REDIRECT_URI])
    path = f"/oauth/applications/{application.pk}/upgrade"

    page = grace.get(path)
    grace.browser.post(path, {"mark": page.context["report"].mark, "confirmed": "on"})

    assert "OAuth 2.1 refuses these schemes of its redirect URIs: “icecubesapp:”." in text_of(page)
    application.refresh_from_db()
    assert application.is_legacy
