"""Sets: images in an order, which may go live at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from reference_site.photos.models.images import Image


class ImageSetQuerySet(models.QuerySet["ImageSet"]):
    """Sets as the API asks for them."""

    def of_account(self, account_uuid: UUID) -> ImageSetQuerySet:
        """Only one account's."""
        return self.filter(account_id=account_uuid)


class ImageSet(models.Model):
    """A named series of images. From ``go_live_at`` on its images are public."""

    uuid = models.UUIDField(_("UUID"), default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="image_sets", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=200)
    go_live_at = models.DateTimeField(_("goes live at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    images = models.ManyToManyField(Image, through="SetMember", related_name="sets", verbose_name=_("images"))

    objects = ImageSetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("set")
        verbose_name_plural = _("sets")
        indexes = [models.Index(fields=["account", "-id"], name="photos_set_newest")]

    def __str__(self) -> str:
        return self.name

    def arrange(self, images: Sequence[Image]) -> None:
        """Make these the set's members, in this order, inside a transaction that holds the set's row."""
        SetMember.objects.filter(set=self).delete()
        SetMember.objects.bulk_create(
            SetMember(set=self, image=image, position=position) for position, image in enumerate(images)
        )


class SetMember(models.Model):
    """One image's place in one set."""

    set = models.ForeignKey(ImageSet, on_delete=models.CASCADE, related_name="members", verbose_name=_("set"))
    image = models.ForeignKey(
        Image, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("image")
    )
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position"]
        verbose_name = _("member of a set")
        verbose_name_plural = _("members of sets")
        constraints = [
            models.UniqueConstraint(fields=["set", "image"], name="photos_setmember_image_once"),
            models.UniqueConstraint(fields=["set", "position"], name="photos_setmember_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.image} · {self.set}"
