"""Behind a service token stands an integration, and no person."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.permissions import (
    DjangoModelPermissions,
    DjangoModelPermissionsOrAnonReadOnly,
    IsAdminUser,
    IsAuthenticated,
)

from oauthcore.api.drf import Integration
from tests.support.factories import UserFactory
from tests.support.service_tokens.making import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.sites.resources")]

at_every_view = pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async"])


def integration(**limits):
    """Return the ``request.user`` that a view sees."""
    answer = make(scopes=["read"], **limits).ask(path="/plain")
    assert answer.status_code == 200
    return answer.wsgi_request.user


@at_every_view
def test_a_view_sees_the_tokens_name(path):
    assert make(scopes=["read"], label="Nightly export").ask(path=path).json()["user"] == "Nightly export"


def test_it_is_authenticated_and_nobody():
    user = integration()

    assert isinstance(user, Integration)
    assert (user.pk, user.id) == (None, None)
    assert (user.is_authenticated, user.is_anonymous, user.is_active) == (True, False, True)
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert user.token.kind == "service_token"
    assert user.token.user is None


def test_it_has_no_permission_whoever_made_it_and_whatever_it_is_called():
    """Not even one that is called like a superuser, or made by one."""
    boss = UserFactory(username="boss", is_superuser=True, is_staff=True)
    boss.user_permissions.set(Permission.objects.all())

    user = integration(label=boss.username)

    assert user.get_username() == "boss"
    for permission in ("auth.add_user", "oauthcore.view_grant", "photos.delete_image"):
        assert user.has_perm(permission) is False
        assert user.has_perm(permission, object()) is False
    assert user.has_perms([]) is False
    assert user.has_module_perms("auth") is False


@pytest.mark.parametrize(
    "permission", [IsAdminUser, DjangoModelPermissions, DjangoModelPermissionsOrAnonReadOnly]
)
def test_permissions_of_users_never_let_it_in(permission, rf):
    class View:
        queryset = User.objects.all()

    request = rf.post("/")
    request.user = integration(label=UserFactory(is_superuser=True).username)
    request._request, View._ignore_model_permissions = request, False

    assert not permission().has_permission(request, View())
    assert IsAuthenticated().has_permission(request, View())


@at_every_view
def test_a_session_beside_it_lends_it_no_user(path, client):
    client.force_login(UserFactory(username="ada"))
    text = make(scopes=["read"], label="Nightly export").text

    answer = client.get(path, headers={"authorization": f"Bearer {text}"})

    assert answer.json()["user"] == "Nightly export"


def test_it_does_not_open_pages_for_people():
    made = make(scopes=["read"])

    for path in ("/oauth/applications/", "/oauth/connections/"):
        assert made.ask(path=path).status_code in (302, 303)
