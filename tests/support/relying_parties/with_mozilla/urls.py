from django.urls import include, path

from tests.support.relying_parties.pages import backchannel_logout, page

urlpatterns = [
    path("", page("Mozilla’s", sign_in="/oidc/authenticate/", log_out="/oidc/logout/")),
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("backchannel-logout", backchannel_logout),
]
