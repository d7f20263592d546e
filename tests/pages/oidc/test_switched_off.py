"""While OpenID Connect is off, ``openid`` is a scope like any other of the site."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from oauthcore.models import Grant
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.oauth import ticked_on
from tests.support.relying_party import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _off(settings: Settings) -> None:
    ours = settings.OAUTHCORE
    own = {name: {"description": f"The {name} of this site"} for name in ("openid", "profile", "email")}
    settings.OAUTHCORE = {**ours, "OPENID_CONNECT": False, "SCOPES": {**ours["SCOPES"], **own}}


def test_the_parameters_of_openid_are_ignored(sign_in: SignIn) -> None:
    app = sign_in()
    others = {"id_token_hint": "x", "registration": "{}", "claims": "no JSON", "nonce": "x" * 300}
    page = app.authorize(**others)

    assert ticked_on(page) == {"scope": ["openid", "profile", "email"], "claim": []}
    app.decide(form={"scope": ["profile"]}, **others)
    assert (Grant.objects.get().scopes, Grant.objects.get().claims) == ({"profile"}, None)


def test_on_devices_openid_is_a_scope_like_any_other(lovelace: Any) -> None:
    television = Television(register_television(scopes=["openid", "email"]))
    television.begin(scope="openid email")
    viewer = Viewer(lovelace)
    page = viewer.type(television.user_code)

    assert ticked_on(page) == {"scope": ["openid", "email"], "claim": []}
    viewer.answer(page, scope=["email"])
    assert (Grant.objects.get().scopes, Grant.objects.get().claims) == ({"email"}, None)
