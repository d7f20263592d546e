"""The application of a page, which must be one of the developer's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase

from oauthcore.models import Application
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import Page

ApplicationPage = Callable[[HttpRequest, Application], HttpResponseBase]


def own_application(request: HttpRequest, number: int) -> Application:
    """Return the logged-in person's application with this number. Raises Http404 for any other."""
    found = Application.objects.filter(pk=number, owner=request.user.pk, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def application_page(*methods: str, takes_files: bool = False) -> Callable[[ApplicationPage], Page]:
    """Make a view the page of one of the developer's own applications. Any other application is 404.

    The view gets the application. An application that is deleted meanwhile is 404 too. ``takes_files`` is as
    in ``personal_page``.
    """

    def decorate(view: ApplicationPage) -> Page:
        @personal_page(*methods, for_developers=True, takes_files=takes_files)
        @wraps(view)
        def found(request: HttpRequest, number: int) -> HttpResponseBase:
            try:
                return view(request, own_application(request, number))
            except Application.DoesNotExist:
                raise Http404 from None

        return found

    return decorate
