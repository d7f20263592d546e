"""Staff at a browser, with as many rights as a test gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from oauthcore.models import Application, Profile, ScopeRequest
from tests.support.admin.deciding import DECIDERS, SCOPES
from tests.support.factories import Registered, UserFactory, register

Staff = Callable[..., Client]


@pytest.fixture
def staff(db: None) -> Staff:
    """Make staff: ``staff("view_application", "change_application")``; their user is ``client.user``."""

    def make(*codenames: str, is_staff: bool = True) -> Client:
        user: Any = UserFactory(is_staff=is_staff)
        found = Permission.objects.filter(content_type__app_label="oauthcore", codename__in=codenames)
        user.user_permissions.set(found)
        assert found.count() == len(codenames)
        client = Client()
        client.force_login(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def registered(db: None) -> Registered:
    return register(owner=UserFactory(username="grace"), website="https://printer.example")


@pytest.fixture
def application(registered: Registered) -> Application:
    return registered.application


@pytest.fixture
def legacy(db: None) -> Application:
    return register(name="Old Printer", profile=Profile.OAUTH_2_0).application


@pytest.fixture
def editor(staff: Staff) -> Client:
    return staff("view_application", "change_application")


@pytest.fixture
def asking(settings: Any, db: None) -> Application:
    """An application of grace's that would like more than ``read``, on a site with scopes of every level."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": SCOPES, "OPENID_CONNECT": False}
    return register(owner=UserFactory(username="grace"), scopes=["read"]).application


@pytest.fixture
def asked(asking: Application) -> ScopeRequest:
    return ScopeRequest.objects.create(
        application=asking, scope="albums", reason="We print <b>albums</b> that people order."
    )


@pytest.fixture
def second(asking: Application) -> ScopeRequest:
    return ScopeRequest.objects.create(application=asking, scope="orders", reason="And send them home.")


@pytest.fixture
def decider(staff: Staff) -> Client:
    """Staff who may decide scope requests."""
    return staff(*DECIDERS)
