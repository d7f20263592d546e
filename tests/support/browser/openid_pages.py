"""The pages of a site with OpenID Connect, in every state that matters to their layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client, override_settings

from tests.support.claims import Claims, wanting
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.factories import UserFactory, register
from tests.support.oauth import ticked_on
from tests.support.relying_party import PERSONAL, RelyingParty

LONG_NAME = "The International Photographic Printing Cooperative of Northern Scandinavia"
SCOPES = ["openid", "profile", "email", "offline_access", "read"]


def openid_pages() -> Iterator[tuple[str, Any]]:
    """Yield the name of each state, and the page."""
    ours = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "CLAIMS": "tests.support.claims.Claims",
    }
    with override_settings(OAUTHCORE=ours):
        Claims.values = {
            "picture": f"https://people.example/{'pictures/of/people/' * 12}ada.jpg",
            "groups": ["printers", "editors"],
            "address": {"formatted": "1 Sea Road\nVisby\nSweden"},
        }
        yield from _states()


def _states() -> Iterator[tuple[str, Any]]:
    user = UserFactory(
        username="hedy",
        first_name="Hedwig Eva Maria",
        last_name="Kiesler-" * 16 + "Lamarr",
        email="hedy.lamarr@frequency-hopping.example",
    )
    browser = Client()
    browser.force_login(user)
    short = RelyingParty(register(name="Lumen Prints", scopes=SCOPES), browser, scope=PERSONAL)
    yield "signing in", short.authorize()
    app = RelyingParty(
        register(name=LONG_NAME, scopes=SCOPES, required_scopes=["email"]), browser, scope=PERSONAL
    )
    everything = {
        "scope": " ".join(SCOPES),
        "claims": wanting(userinfo={"groups": None, "address": None}),
    }
    page = app.authorize(**everything)
    yield "signing in, everything", page
    first = app.authorize(scope="openid profile")
    some = [one for one in ticked_on(first)["claim"] if one != "family_name"]
    app.decide(transaction=first.context["transaction"], form={"claim": some}, scope="openid profile")
    yield "signing in, something new", app.authorize(**everything)
    nobody = Client()
    nobody.force_login(UserFactory(username="nn", email=""))
    yield "signing in, nothing known", RelyingParty(app.registered, nobody).authorize(scope="openid email")
    viewer = Viewer(user)
    television = Television(register_television(name="Television", scopes=SCOPES))
    television.begin(scope=" ".join(SCOPES))
    yield "signing in, device", viewer.type(television.user_code)
    yield "connections, signed in", browser.get("/oauth/connections/")
