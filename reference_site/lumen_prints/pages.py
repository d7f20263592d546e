"""The pages of the shop."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reference_site.lumen_prints import catalogue
from reference_site.lumen_prints.models import Order


@require_safe
@never_cache
def front(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "lumen_prints/front.html",
        {"prints": catalogue.PRINTS, "from_price": catalogue.SIZES[0].price},
    )


@require_safe
@never_cache
def one_print(request: HttpRequest, slug: str) -> HttpResponse:
    return render(
        request, "lumen_prints/print.html", {"print": _require_print(slug), "sizes": catalogue.SIZES}
    )


@require_POST
@never_cache
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """Order a print. If the session has ended meanwhile, show the print again with the sign-in button."""
    found = _require_print(slug)
    if not isinstance(request.user, User):
        return redirect("print", slug=found.slug)
    size = catalogue.find_size(request.POST.get("size", "")) or catalogue.SIZES[0]
    Order.objects.create(user=request.user, print=found.slug, size=size.slug)
    return redirect("account")


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Show what Lumen told about the person, and the orders. Without a session, show the sign-in button."""
    user = request.user
    orders = user.orders.all() if isinstance(user, User) else []
    return render(request, "lumen_prints/account.html", {"orders": orders})


def _require_print(slug: str) -> catalogue.Print:
    found = catalogue.find_print(slug)
    if found is None:
        raise Http404
    return found
