"""Views want a recent or a strong login of the person behind a token, or of a session (RFC 9470)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, requires
from oauthcore.checks.views import check_logins_wanted
from tests.support.factories import UserFactory, bearer, register, service_token
from tests.support.oauth import OAuthClient
from tests.support.pages.authenticator_app import switch_on
from tests.support.proofs import Prover
from tests.support.sign_in.client import AppClient
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class View(APIView):
    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [requires("read", max_age=300)]

    def get(self, request):
        return Response({})


@scopes_required("read", max_age=300)
def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


@scopes_required("read", sessions=True)
@scopes_required("read", sessions=True, max_age=300)
async def plain_sessions(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


def view(*permissions):
    return View.as_view(permission_classes=list(permissions))


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("drf", View.as_view()),
    path("plain", plain),
    path("strong", view(requires("read", acr="mfa"))),
    path("joined", view(requires("read", max_age=300) | IsAdminUser)),
    path("sessions", view(requires("read", sessions=True, max_age=300))),
    path("plain/sessions", plain_sessions),
    path("no-login", view(requires("read"))),
]
GUARDED = ["/drf", "/plain", "/joined", "/sessions", "/plain/sessions"]


def call(address, token):
    return Client().get(address, headers={"authorization": f"Bearer {token}"})


def token(age=0, acr="pwd"):
    return bearer(authenticated_at=timezone.now() - timedelta(seconds=age), acr=acr)


@pytest.mark.rfc("9470", "3")
@pytest.mark.parametrize("address", GUARDED)
def test_a_login_that_is_too_old_is_a_401_that_says_what_is_wanted(address, clock):
    assert call(address, token(300)).status_code == 200
    for old in (token(301), bearer()):
        refused = call(address, old)

        assert (refused.status_code, refused.json()["error"]) == (401, "insufficient_user_authentication")
        challenge = refused["WWW-Authenticate"]
        assert 'error="insufficient_user_authentication", error_description="' in challenge
        assert 'scope="read", max_age="300", resource_metadata="' in challenge
        assert "acr_values=" not in challenge


@pytest.mark.rfc("9470", "3")
@pytest.mark.parametrize(("acr", "status"), [("mfa", 200), ("pwd", 401), ("", 401), ("other", 401)])
def test_a_login_without_the_second_factor_is_a_401_that_asks_for_it(acr, status):
    answered = call("/strong", token(10**6, acr))

    assert answered.status_code == status
    assert ('acr_values="mfa"' in answered.headers.get("WWW-Authenticate", "")) == (status == 401)


@pytest.mark.rfc("9449", "7.1")
@pytest.mark.parametrize("address", ["/drf", "/plain"])
def test_the_challenge_has_the_scheme_of_a_token_that_is_bound_to_a_key(address, clock):
    prover = Prover()

    refused = prover.get(address, prover.token(authenticated_at=timezone.now() - timedelta(hours=1)))

    assert (refused.status_code, refused.json()["error"]) == (401, "insufficient_user_authentication")
    assert refused["WWW-Authenticate"].startswith('DPoP realm="https://testserver", error="insufficient_user')


def test_the_scope_is_asked_for_first():
    refused = call("/drf", bearer(scopes=["write"]))

    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize("address", ["/drf", "/plain"])
def test_a_token_without_a_person_is_refused_for_no_login_would_help(address, without_accounts):
    for text in (service_token(None, scopes=["read"]), own_token()):
        refused = call(address, text)

        assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


def own_token():
    oauth = OAuthClient(register())
    return oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]


@pytest.mark.parametrize("address", ["/sessions", "/plain/sessions"])
def test_a_person_with_a_session_has_to_have_logged_in_as_recently(address, clock):
    browser = Client()
    browser.force_login(UserFactory())
    clock.shift(300)
    assert browser.get(address).status_code == 200
    clock.shift(1)

    refused = browser.get(address)
    assert (refused.status_code, refused.json()["error"]) == (401, "insufficient_user_authentication")


def test_a_test_that_puts_a_person_into_a_request_says_that_all_is_well():
    client = APIClient()
    client.force_authenticate(UserFactory())

    assert client.get("/sessions").status_code == 200


@pytest.mark.parametrize("address", ["/drf", "/no-login"])
def test_a_login_is_looked_at_without_a_statement_more(address):
    text = token()
    with statements() as run:
        assert call(address, text).status_code == 200

    assert len(run) == 1


def test_signing_in_from_an_app_is_a_login(clock, without_accounts):
    ada = UserFactory(username="ada")
    app = AppClient()

    def access_token(signed_in):
        return app.token(signed_in.json["refresh_token"]).json["access_token"]

    text = access_token(app.sign_in())
    assert call("/drf", text).status_code == 200
    assert call("/strong", text).json()["error"] == "insufficient_user_authentication"
    codes = switch_on(ada)
    assert call("/strong", access_token(app.mfa(app.mfa_token(), codes.code()))).status_code == 200
    clock.shift(301)
    assert call("/drf", text).json()["error"] == "insufficient_user_authentication"


def test_a_view_wants_only_what_a_person_can_reach(settings, monkeypatch):
    assert check_logins_wanted() == []

    settings.OAUTHCORE = settings.OAUTHCORE | {"STEP_UP": False}
    assert {one.id for one in check_logins_wanted()} == {"oauthcore.E042"}
    assert len(check_logins_wanted()) == len(GUARDED) + 1


@pytest.mark.parametrize("wanted", [{"acr": "urn:x"}, {"max_age": -1}])
def test_what_nobody_can_reach_is_found(wanted, settings, monkeypatch):
    impossible = path("impossible", view(requires(**wanted)))
    monkeypatch.setattr("tests.api.drf.test_step_up.urlpatterns", [*urlpatterns, impossible])

    assert [one.id for one in check_logins_wanted()] == ["oauthcore.E042"]
