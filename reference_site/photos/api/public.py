"""``GET /v1/public/images``: what went live, of every account; any live token will do."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.drf import requires
from reference_site.photos.api import answers, representations
from reference_site.photos.api.described import described
from reference_site.photos.api.paging import NEWEST_FIRST, PAGE_PARAMETERS, page
from reference_site.photos.api.query import read_query
from reference_site.photos.models import Image


class PublicImages(APIView):
    """Images of sets whose ``go_live_at`` has come, newest first; no ratings, keywords or file names."""

    permission_classes = [requires()]

    @described(
        "list_public_images",
        "List the images of sets that went live, newest first",
        answers.PublicImagePage,
        query=PAGE_PARAMETERS,
    )
    def get(self, request: Request) -> Response:
        return page(
            request,
            Image.objects.public().select_related("account"),
            order=NEWEST_FIRST,
            query=read_query(request, PAGE_PARAMETERS),
            name="images",
            represent=representations.public_image,
        )
