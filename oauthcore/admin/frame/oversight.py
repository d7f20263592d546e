"""The base of all admin screens: rows are never added or deleted there, and changed only by permission."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.lists import BoundedList, BoundedPaginator
from oauthcore.rules.text.numbers import whole_number


class OversightAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time before Django 6
    """Screens of rows that are made elsewhere. Staff cannot add or delete them.

    The tables are large. So a list counts up to a limit, and is searched and sorted by indexes only. Related
    rows are fetched separately for one page, because a join would scan them.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count of the whole table for each choice of each filter
    list_per_page = 50
    change_list_template = "oauthcore/admin/frame/list.html"
    search_fields = ["pk"]  # Django shows the box for it; where it looks is ``meaning``
    sortable_by: ClassVar[tuple[str, ...]] = ()

    class Media:
        css = {"all": ["oauthcore/admin.css"]}

    def heading(self, row: Any) -> str:
        """Return the title of the page of a row."""
        return str(row)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page under the title of the row."""
        if context.get("original") is not None:
            context |= {"title": self.heading(context["original"]), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the history under the title of the row."""
        row = self.get_object(request, object_id)
        title = {} if row is None else {"title": _("History: %(row)s") % {"row": self.heading(row)}}
        return super().history_view(request, object_id, {**title, **(extra_context or {})})

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for the rows that a search text matches."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Return the rows that match the whole text. It is not split into words."""
        term = search_term.strip()
        if not term:
            return queryset, False
        meaning = self.meaning(term)
        cast(Any, request).search_is_cut = meaning.is_cut  # the list is told by BoundedList
        return queryset.filter(meaning.condition), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return ``BoundedList``, which counts up to a limit."""
        return BoundedList

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False, because rows are made elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False, because rows are kept for later questions."""
        return False

    def may_act(self, request: HttpRequest) -> bool:
        """Return whether the person may use the actions of the list."""
        return bool(self.has_change_permission(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether the address of the list may filter by this lookup.

        A binary column is never allowed, because a digest could be guessed. A range is never allowed, because
        Django takes each character of the text for an end.
        """
        secret = {field.name for field in self.opts.get_fields() if isinstance(field, models.BinaryField)}
        if lookup.partition("__")[0] in secret or lookup.endswith("__range"):
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[arg-type]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list. Refuse a bulk action without the permission; Django would silently ignore it."""
        if not self.has_view_or_change_permission(request) or (
            request.method == "POST" and not self.may_act(request)
        ):
            raise PermissionDenied
        _refuse_odd_input(request)
        harmless = _without_secrets(request.GET)
        if len(harmless) < len(request.GET):
            said = _(
                "Your search looks like a token. It was removed from the address, because logs and the "
                "history of the browser keep addresses. Use the form for tokens, under service tokens."
            )
            messages.warning(request, said)
            query = harmless.urlencode()
            return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


#: No row has a longer one, and databases refuse them each in its own way.
_LONGEST_NUMBER = 18


def _refuse_odd_input(request: HttpRequest) -> None:
    """Raise BadRequest for input that no browser sends and that Django would pass to the database."""
    given = [value for _name, values in request.GET.lists() for value in values]
    if any("\0" in value or (value.isdigit() and len(value) > _LONGEST_NUMBER) for value in given):
        raise BadRequest
    if any(whole_number(value) is None for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
        raise BadRequest


def _without_secrets(query: QueryDict) -> QueryDict:
    """Return the query without parameters that hold a secret of this site, or most of a secret."""
    kept = query.copy()
    for name, values in query.lists():
        if any(map(conf.settings().secret_format.is_in, (name, *values))):
            del kept[name]
    return kept


def no_secret(text: str) -> None:
    """Raise ValidationError if a text that will be stored and shown holds a secret."""
    if conf.settings().secret_format.is_in(text):
        raise ValidationError(
            _("This looks like a token. Never write a token where other people can read it.")
        )
