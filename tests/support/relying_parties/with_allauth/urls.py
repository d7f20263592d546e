from django.urls import include, path

from tests.support.relying_parties.pages import backchannel_logout, page

urlpatterns = [
    path(
        "",
        page(
            "allauth’s",
            sign_in="/accounts/oidc/lumen/login/",
            log_out="/accounts/logout/",
            method="post",
        ),
    ),
    path("accounts/", include("allauth.urls")),
    path("backchannel-logout", backchannel_logout),
]
