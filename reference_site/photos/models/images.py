"""Images: a picture file and what is known about it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reference_site.photos.models.keywords import Keyword

HIGHEST_RATING = 5


class MediaType(models.TextChoices):
    """The kinds of picture the library takes."""

    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    WEBP = "image/webp", "WebP"

    @property
    def extension(self) -> str:
        """How names of such files end."""
        return {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[self.value]


class ImageQuerySet(models.QuerySet["Image"]):
    """Images as the API asks for them."""

    def of_account(self, account_uuid: UUID) -> ImageQuerySet:
        """Only one account's."""
        return self.filter(account_id=account_uuid)

    def public(self) -> ImageQuerySet:
        """Only those in a set gone live, of accounts that are not suspended."""
        from reference_site.photos.models.sets import SetMember

        gone_live = SetMember.objects.filter(image=models.OuterRef("pk"), set__go_live_at__lte=timezone.now())
        return self.filter(models.Exists(gone_live), account__suspended_at=None)


class Image(models.Model):
    """A picture. Sizes and crop count the pixels of the file as it is stored."""

    uuid = models.UUIDField(_("UUID"), default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="images", verbose_name=_("account")
    )
    file = models.FileField(_("file"), max_length=200)
    filename = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=20, choices=MediaType.choices)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    title = models.CharField(_("title"), max_length=200, blank=True)
    caption = models.TextField(_("caption"), max_length=4000, blank=True)
    alt_text = models.CharField(_("alt text"), max_length=1000, blank=True)
    credits = models.JSONField(_("credits"), default=list, blank=True)
    crop_x = models.PositiveIntegerField(_("crop, left"), null=True, blank=True)
    crop_y = models.PositiveIntegerField(_("crop, top"), null=True, blank=True)
    crop_width = models.PositiveIntegerField(_("crop, width"), null=True, blank=True)
    crop_height = models.PositiveIntegerField(_("crop, height"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), default=0)
    keywords = models.ManyToManyField(Keyword, related_name="images", blank=True, verbose_name=_("keywords"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")
        indexes = [models.Index(fields=["account", "-id"], name="photos_image_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(rating__lte=HIGHEST_RATING), name="photos_image_rating"),
            models.CheckConstraint(
                condition=Q(crop_x=None, crop_y=None, crop_width=None, crop_height=None)
                | Q(
                    crop_x__gte=0,
                    crop_y__gte=0,
                    crop_width__gte=1,
                    crop_height__gte=1,
                    width__gte=F("crop_x") + F("crop_width"),
                    height__gte=F("crop_y") + F("crop_height"),
                ),
                name="photos_image_crop",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.filename

    @property
    def crop(self) -> dict[str, int] | None:
        """The part of the picture to show, or None for all of it."""
        if self.crop_x is None or self.crop_y is None or self.crop_width is None or self.crop_height is None:
            return None
        return {"x": self.crop_x, "y": self.crop_y, "width": self.crop_width, "height": self.crop_height}

    @crop.setter
    def crop(self, value: dict[str, int] | None) -> None:
        part = value or {}
        self.crop_x, self.crop_y = part.get("x"), part.get("y")
        self.crop_width, self.crop_height = part.get("width"), part.get("height")
