"""The query string of a request to the library: read strictly, and turned into a page or a filter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from oauthcore.api.drf import query_parameters
from oauthcore.converters import whole_number
from reference_site.photos.api.base import AnyRequest, account_uuid
from reference_site.photos.api.fields import read_uuid
from reference_site.photos.models import Image, ImageSet, SetMember
from reference_site.photos.models.images import HIGHEST_RATING, ImageQuerySet
from reference_site.photos.models.keywords import LONGEST_NAME, fold

IMAGE_FILTERS = ("keyword", "set", "rating")


def read_query(request: Request, known: Collection[str]) -> Mapping[str, str]:
    """Return the known parameters that were sent; raise InvalidRequest for repeated or ill-formed ones."""
    return query_parameters(request._request, known).refuse_repeated().values


def read_number(text: str, name: str, *, least: int, most: int) -> int:
    """Return a whole number within bounds; raise ValidationError for anything else."""
    number = whole_number(text)
    if number is not None and least <= number <= most:
        return number
    raise ValidationError({name: f"Give a whole number from {least} to {most}."})


@dataclass(frozen=True)
class ImageFilter:
    """Which images are meant: with a keyword (in any case), in a set, of a rating; all given must hold."""

    keyword: str | None = None
    set: UUID | None = None
    rating: int | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> ImageFilter:
        """Read a filter; raise ValidationError for values that nothing can match."""
        keyword, set_text, rating = (query.get(name) for name in IMAGE_FILTERS)
        if keyword and len(keyword) > LONGEST_NAME:
            raise ValidationError({"keyword": f"A keyword has {LONGEST_NAME} characters at most."})
        set_uuid = read_uuid(set_text)
        if set_text and set_uuid is None:
            raise ValidationError({"set": "Give the UUID of a set."})
        return cls(
            keyword,
            set_uuid,
            read_number(rating, "rating", least=0, most=HIGHEST_RATING) if rating else None,
        )

    def images(self, request: AnyRequest) -> ImageQuerySet:
        """Return the images of the token's account that match; raise NotFound for another account's set."""
        found = Image.objects.of_account(account_uuid(request))
        if self.keyword is not None:
            tagged = Image.keywords.through.objects.filter(
                image=OuterRef("pk"), keyword__folded=fold(self.keyword)
            )
            found = found.filter(Exists(tagged))
        if self.set is not None:
            found = found.filter(Exists(_members(request, self.set)))
        if self.rating is not None:
            found = found.filter(rating=self.rating)
        return found


def _members(request: AnyRequest, set_uuid: UUID) -> QuerySet[SetMember]:
    image_set = ImageSet.objects.of_account(account_uuid(request)).filter(uuid=set_uuid).first()
    if image_set is None:
        raise NotFound
    return SetMember.objects.filter(set=image_set, image=OuterRef("pk"))
