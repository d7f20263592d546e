"""Which application a page is about: one of the developer's own, or none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase

from oauthcore.models import Application
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import Page

ApplicationPage = Callable[[HttpRequest, Application], HttpResponseBase]


def own_application(request: HttpRequest, number: int) -> Application:
    """Return the logged-in person's application of that number; raise Http404 for anybody else's."""
    found = Application.objects.filter(pk=number, owner=request.user.pk, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def application_page(*methods: str, takes_files: bool = False) -> Callable[[ApplicationPage], Page]:
    """Make a view the page of one of the developer's own applications, which it is given; 404 for any other.

    Also for one that is deleted while the page is at work. ``takes_files`` is as in ``personal_page``.
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
