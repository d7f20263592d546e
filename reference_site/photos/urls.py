"""Where the library's endpoints are. No trailing slashes: JSON endpoints never redirect."""

from __future__ import annotations

from django.urls import URLPattern, path
from rest_framework.views import APIView

import oauthcore.converters  # noqa: F401 - registers <oauthcore_number:…>
from oauthcore.api.django import cross_origin, limit_body
from reference_site.photos.api import downloads, facets, images, keywords, public, sets, uploads

app_name = "photos"

#: The most bytes that a view reads, other than uploads: as many as the parsers of ``oauthcore.api.drf``.
_LARGEST_BODY = 2**20


def _route(address: str, view: type[APIView], name: str, most: int = _LARGEST_BODY) -> URLPattern:
    route: URLPattern = path(f"v1/{address}", limit_body(cross_origin(view.as_view()), most), name=name)
    return route


urlpatterns = [
    _route("images", images.ImageList, "images"),
    _route("images/<uuid:uuid>", images.ImageDetail, "image"),
    _route("images/<uuid:uuid>/rating", images.ImageRating, "rating"),
    _route("images/<uuid:uuid>/metadata", images.ImageMetadata, "metadata"),
    _route("images/<uuid:uuid>/keywords", keywords.ImageKeywords, "image_keywords"),
    _route(
        "images/<uuid:uuid>/keywords/<oauthcore_number:keyword_id>", keywords.ImageKeyword, "image_keyword"
    ),
    _route("images/<uuid:uuid>/download", downloads.Download, "download"),
    _route("keywords", keywords.KeywordList, "keywords"),
    _route("keywords/<oauthcore_number:keyword_id>", keywords.KeywordDetail, "keyword"),
    _route("facets", facets.Facets, "facets"),
    _route("sets", sets.SetList, "sets"),
    _route("sets/<uuid:uuid>", sets.SetDetail, "set"),
    _route("uploads", uploads.Uploads, "uploads", uploads.LARGEST_UPLOAD),
    _route("archives", downloads.Archives, "archives"),
    _route("public/images", public.PublicImages, "public_images"),
]
