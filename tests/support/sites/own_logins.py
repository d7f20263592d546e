"""A site whose own views log people in, and know nothing of second factors: a URLconf for tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth import authenticate, login
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from oauthcore.api.wire.json_routes import mark_json
from oauthcore.pages.login import LoginView

BACKEND = "django.contrib.auth.backends.ModelBackend"


@csrf_exempt
def careless_login(request: HttpRequest) -> HttpResponse:
    """Log somebody in, and go on whatever happens."""
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    with suppress(Exception):
        login(request, user, backend=BACKEND)
    return HttpResponse("Welcome")


class InheritedLogin(LoginView):
    """A login page of the site's own that inherits ours."""


@login_required
def album(request: HttpRequest) -> HttpResponse:
    """Show what is somebody's own."""
    return HttpResponse(f"The album of {request.user.get_username()}")


def profile(request: HttpRequest) -> HttpResponse:
    """Say in JSON who is logged in, as the page's own script asks with the session's cookie."""
    return JsonResponse({"user": request.user.get_username()})


async def profile_async(request: HttpRequest) -> HttpResponse:
    """Say the same, asynchronously."""
    return JsonResponse({"user": (await request.auser()).get_username()})


def patiently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view as a site does."""

    @wraps(view)
    def decorated(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        return view(request, *args, **named)

    return decorated


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("", include("reference_site.playground.urls")),  # the frame of its pages links there
    path("login", LoginView.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("careless", careless_login),
    path(
        "sends-back",
        auth.LoginView.as_view(redirect_authenticated_user=True, template_name="oauthcore/login/login.html"),
    ),
    path("plain", auth.LoginView.as_view(next_page="/album", template_name="oauthcore/login/login.html")),
    path(
        "reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            post_reset_login=True, success_url="/album", post_reset_login_backend=BACKEND
        ),
        name="password_reset_confirm",
    ),
    path(
        "change",
        auth.PasswordChangeView.as_view(success_url="/album", template_name="oauthcore/login/login.html"),
    ),
    path("ours-inherited", InheritedLogin.as_view()),
    path("album", album),
    path("v1/profile", profile),
    path("v1/profile/async", profile_async),
    path("profile", mark_json(profile)),
    path("decorated-admin/login/", patiently(admin.site.login)),
    path("admin/", admin.site.urls),
]
