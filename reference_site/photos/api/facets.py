"""``GET /v1/facets``: how many images there are by keyword, rating and set."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Count
from rest_framework.request import Request
from rest_framework.response import Response

from reference_site.accounts import roles
from reference_site.photos.api import answers
from reference_site.photos.api.base import LibraryView
from reference_site.photos.api.described import described
from reference_site.photos.api.query import IMAGE_FILTERS, ImageFilter, read_query
from reference_site.photos.models.images import HIGHEST_RATING, ImageQuerySet

_MOST = 200


class Facets(LibraryView):
    """Counts over the images that the filters of ``GET /v1/images`` leave.

    Of keywords and sets the 200 fullest.
    """

    scopes: ClassVar = {"GET": roles.READ}

    @described(
        "count_images",
        "Count the images by keyword, rating and set",
        answers.Facets,
        query=IMAGE_FILTERS,
        names_others=True,
    )
    def get(self, request: Request) -> Response:
        images = ImageFilter.parse(read_query(request, IMAGE_FILTERS)).images(request).order_by()
        ratings = dict(images.values_list("rating").annotate(count=Count("pk")))
        return Response(
            {
                "total": sum(ratings.values()),
                "keywords": [
                    {"id": row["keywords__id"], "name": row["keywords__name"], "count": row["count"]}
                    for row in _fullest(
                        images.filter(keywords__isnull=False), "keywords__id", "keywords__name"
                    )
                ],
                "ratings": [{"rating": n, "count": ratings.get(n, 0)} for n in range(HIGHEST_RATING + 1)],
                "sets": [
                    {"uuid": str(row["sets__uuid"]), "name": row["sets__name"], "count": row["count"]}
                    for row in _fullest(images.filter(sets__isnull=False), "sets__uuid", "sets__name")
                ],
            }
        )


def _fullest(images: ImageQuerySet, key: str, name: str) -> list[dict[str, Any]]:
    counted = images.values(key, name).annotate(count=Count("pk"))
    return list(counted.order_by("-count", name, key)[:_MOST])
