"""The page for devices, in every state that matters to its layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reference_site.scopes import LIBRARY_SCOPES, SOCIAL_SCOPES
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.factories import UserFactory

LONG_NAME = "The International Photographic Printing Cooperative of Northern Scandinavia"
#: Without the scopes of OpenID Connect, because some of them cannot be unticked.
SCOPES = [*LIBRARY_SCOPES, *SOCIAL_SCOPES]


def device_pages() -> Iterator[tuple[str, Any]]:
    """Yield the name of each state, and the page."""
    viewer = Viewer(UserFactory(username="hamilton"))
    television = Television(register_television(name=LONG_NAME, scopes=SCOPES))
    television.begin(scope=" ".join(SCOPES))
    yield "device", viewer.open()
    yield "device, from a link", viewer.open(user_code=television.user_code)
    yield "device, wrong code", viewer.type("BBBB-BBBB")
    question = viewer.type(television.user_code)
    yield "device, question", question
    yield "device, nothing ticked", viewer.answer(question, scope=[])
    answer = viewer.answer(question)
    yield "device, done", viewer.browser.get(answer["Location"])
    yield "device, answered before", viewer.answer(question)
