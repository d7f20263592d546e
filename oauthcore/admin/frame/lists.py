"""Lists of the admin that stay fast on tables of millions of rows: bounded counts, and filters by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db import DataError, NotSupportedError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from oauthcore.admin.frame import searching
from oauthcore.models.plans import planned_for_its_values

#: A list counts and pages at most this many rows. Filters and the search find older ones.
MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time before Django 6
    """Pages of a list whose rows are counted up to a limit, because a full count takes seconds.

    It fetches the ordered keys first, and then the rows of one page by their keys. A query for the first 50
    matching rows could scan the whole table in the order of the list.
    """

    @cached_property
    def keys(self) -> list[Any]:
        """Return the keys of the rows: one more than the limit at most."""
        rows: Any = self.object_list
        with planned_for_its_values(rows.db):
            return list(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])

    @property
    def counted(self) -> int:
        """The number of rows, one more than the limit at most."""
        return len(self.keys)

    def rows(self, start: int = 0, end: int = MOST_COUNTED) -> QuerySet[Any]:
        """Return the rows from ``start`` up to ``end``."""
        rows: Any = self.object_list
        return rows.filter(pk__in=self.keys[start:end])  # type: ignore[no-any-return]

    def page(self, number: int | str) -> Any:
        """Return one page."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self.rows(start, min(start + self.per_page, self.count)), number, self)

    @cached_property
    def count(self) -> int:
        """The number of rows that the pages of the list show."""
        return min(self.counted, MOST_COUNTED)


class BoundedList(ChangeList):
    """A page of a list. ``is_cut`` says that there are more rows than the pages show.

    ``most_meant`` is the limit of a search that matched too many people or applications, else None.
    """

    is_cut = False
    most_meant: int | None = None

    def apply_select_related(self, qs: Any) -> Any:
        """Return the rows without a join. Related rows are fetched separately, for one page."""
        return qs

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page. A filter value that cannot be compared is ignored."""
        try:
            super().get_results(request)
        except (DataError, NotSupportedError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error
        if getattr(request, "search_is_cut", False):
            self.most_meant = searching.MOST_MEANT
        if self.show_all or not self.multi_page:
            self.result_list = self.paginator.rows()
        self.is_cut = self.paginator.counted > self.paginator.count


class DayFilter(admin.FieldListFilter):
    """Rows of one day. The condition is a range of times, so that an index can be used."""

    template = "oauthcore/admin/frame/day_filter.html"

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = _("day")
        given: Any = self.used_parameters.get(f"{self.field_path}__on", [""])
        self.day = str(given[-1])

    def expected_parameters(self) -> list[str | None]:
        """Return the parameter of the address."""
        return [f"{self.field_path}__on"]

    def has_output(self) -> bool:
        """Return True: there is always a day to choose."""
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the context of the filter's form."""
        name = f"{self.field_path}__on"
        others = [(key, value) for key, values in changelist.filter_params.items() for value in values]
        yield {
            "name": name,
            "value": self.day,
            "others": [(key, value) for key, value in others if key != name],
            "query": changelist.query,
            "without": changelist.get_query_string(remove=[name]),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the day, or all rows if no day is given."""
        if not self.day:
            return queryset
        try:
            day = parse_date(self.day)
            if day is None:
                raise ValueError(self.day)
            start, end = (_start_of(day + timedelta(days=ahead)) for ahead in (0, 1))
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error
        return queryset.filter(**{f"{self.field_path}__gte": start, f"{self.field_path}__lt": end})


def _start_of(day: date) -> datetime:
    start = datetime.combine(day, time.min)
    return timezone.make_aware(start) if settings.USE_TZ else start


class RangeFilter(admin.DateFieldListFilter):
    """Rows of today, of the last days, of this month, of this year."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date")
