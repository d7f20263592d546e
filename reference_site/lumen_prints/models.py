"""The tables of the shop: sessions that began with a login at Lumen, and orders."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reference_site.lumen_prints import catalogue


class SignedIn(models.Model):
    """A session of the shop that began with a login at the provider, so that a logout there can end it."""

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    #: The provider's names for the person and for the person's session there.
    subject = models.CharField(max_length=255, db_index=True)
    sid = models.CharField(max_length=255, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"session of user {self.user_id}"


class Order(models.Model):
    """A print that somebody ordered."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="orders")
    print = models.SlugField()
    size = models.SlugField()
    ordered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-ordered_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.print}, {self.size}"

    @property
    def found(self) -> catalogue.Print | None:
        return catalogue.find_print(self.print)

    @property
    def found_size(self) -> catalogue.Size | None:
        return catalogue.find_size(self.size)
