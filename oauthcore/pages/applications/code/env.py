"""The ``.env`` file of an application. It never has a secret: only the page that shows a new one can."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from oauthcore.models import Application
from oauthcore.pages.applications.code.snippets import env_file
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.responses import secure


@application_page("GET", "HEAD")
def application_env(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Answer with the file."""
    response = HttpResponse(env_file(application), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="application-{application.pk}.env"'
    secure(response)
    return response
