"""What the library answers with, for the OpenAPI description. ``representations`` makes the answers."""

from __future__ import annotations

from rest_framework import serializers

from reference_site.photos.models.images import HIGHEST_RATING, MediaType


class Named(serializers.Serializer):  # type: ignore[type-arg]
    """A thing with a UUID and a name."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()


class Keyword(serializers.Serializer):  # type: ignore[type-arg]
    """A keyword as images name it."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class CountedKeyword(Keyword):
    """A keyword, and the number of images that have it."""

    images = serializers.IntegerField()


class CropOfImage(serializers.Serializer):  # type: ignore[type-arg]
    """A part of a picture, in its pixels."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ImageTexts(serializers.Serializer):  # type: ignore[type-arg]
    """Title and caption of an image."""

    uuid = serializers.UUIDField()
    title = serializers.CharField()
    caption = serializers.CharField()


class RatedImage(serializers.Serializer):  # type: ignore[type-arg]
    """An image with its rating."""

    uuid = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=0, max_value=HIGHEST_RATING)


class KeywordsOfImage(serializers.Serializer):  # type: ignore[type-arg]
    """An image with its keywords."""

    uuid = serializers.UUIDField()
    keywords = Keyword(many=True)


class MetadataOfImage(serializers.Serializer):  # type: ignore[type-arg]
    """An image with its alt text, its credits and its crop."""

    uuid = serializers.UUIDField()
    alt_text = serializers.CharField()
    credits = serializers.ListField(child=serializers.CharField())
    crop = CropOfImage(allow_null=True)


class Image(MetadataOfImage):
    """All that is known of an image."""

    title = serializers.CharField()
    caption = serializers.CharField()
    rating = serializers.IntegerField(min_value=0, max_value=HIGHEST_RATING)
    keywords = Keyword(many=True)
    sets = Named(many=True)
    filename = serializers.CharField()
    media_type = serializers.ChoiceField(MediaType.choices)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class PublicImage(ImageTexts):
    """What anybody with a token may see of an image that went live."""

    alt_text = serializers.CharField()
    credits = serializers.ListField(child=serializers.CharField())
    media_type = serializers.ChoiceField(MediaType.choices)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    account = Named()


class ImageSet(serializers.Serializer):  # type: ignore[type-arg]
    """A set with the UUIDs of its images, in order."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    go_live_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    images = serializers.ListField(child=serializers.UUIDField())


class CountOfKeyword(Keyword):
    """A keyword, and how many of the images have it."""

    count = serializers.IntegerField()


class CountOfRating(serializers.Serializer):  # type: ignore[type-arg]
    """A rating, and how many of the images have it."""

    rating = serializers.IntegerField()
    count = serializers.IntegerField()


class CountOfSet(Named):
    """A set, and how many of the images are in it."""

    count = serializers.IntegerField()


class Facets(serializers.Serializer):  # type: ignore[type-arg]
    """Counts of images."""

    total = serializers.IntegerField()
    keywords = CountOfKeyword(many=True)
    ratings = CountOfRating(many=True)
    sets = CountOfSet(many=True)


class ImagePage(serializers.Serializer):  # type: ignore[type-arg]
    """A page of images."""

    images = Image(many=True)
    next = serializers.URLField(required=False)


class PublicImagePage(serializers.Serializer):  # type: ignore[type-arg]
    """A page of public images."""

    images = PublicImage(many=True)
    next = serializers.URLField(required=False)


class SetPage(serializers.Serializer):  # type: ignore[type-arg]
    """A page of sets."""

    sets = ImageSet(many=True)
    next = serializers.URLField(required=False)


class KeywordPage(serializers.Serializer):  # type: ignore[type-arg]
    """A page of keywords."""

    keywords = CountedKeyword(many=True)
    next = serializers.URLField(required=False)
