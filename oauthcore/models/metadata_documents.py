"""Metadata documents: what is known of a URL that is a client ID, and whether a process is reading it.

The row is the lock of a fetch: one process has a lease for a few seconds, without an open transaction. A URL
is found by its digest, so exactly, on every database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel, write_over
from oauthcore.models.fields import DigestField
from oauthcore.models.sweeping import Sweeping

#: How long rows without application stay, for the processes that wait for the fetch.
KEPT = timedelta(minutes=10)

#: So the table has few URLs without application, also in a flood and without a cleanup job.
sweeping = Sweeping(after=20, most=40)


class MetadataDocument(PrimaryModel):
    """The document at one URL: its application after the first read, and the lease of a running fetch.

    ``attempt`` counts fetches. ``problem`` is the error of the last fetch, for the requests that waited for
    it.
    """

    digest = DigestField(unique=True)
    application = models.OneToOneField(
        Application, null=True, on_delete=models.CASCADE, related_name="metadata_document"
    )
    client_name = models.CharField(_("name in the document"), max_length=100, blank=True)
    fetched_at = models.DateTimeField(pgettext_lazy("time", "document fetched"), null=True)
    fresh_until = models.DateTimeField(pgettext_lazy("time", "document kept until"), null=True)
    attempt = models.PositiveBigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, db_index=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("metadata document")
        verbose_name_plural = _("metadata documents")

    def __str__(self) -> str:
        return f"metadata document {self.pk}"

    @classmethod
    def digest_of(cls, url: str) -> bytes:
        """Return the digest that finds a URL."""
        return sha256(url.encode()).digest()

    @classmethod
    def find(cls, url: str) -> MetadataDocument | None:
        """Return the row of a URL, with its application, or None."""
        return cls.objects.select_related("application").filter(digest=cls.digest_of(url)).first()

    @classmethod
    def require(cls, url: str, *, now: datetime) -> MetadataDocument:
        """Return the row of a URL, and make it if it is missing. Concurrent requests get the same row."""
        found = cls.find(url)
        while found is None:
            row = cls(digest=cls.digest_of(url), leased_until=now - KEPT / 2)
            write_over(row, key="digest", fields=["digest"])
            sweeping.note_row(lambda: cls.long_over(now=now))
            found = cls.find(url)
        return found

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the last read of the document may still be used."""
        return self.application is not None and self.fresh_until is not None and now < self.fresh_until

    def is_being_fetched(self, now: datetime, *, longest: timedelta) -> bool:
        """Return whether a process reads it now. A lease that ends too late comes from a wrong clock."""
        return self.leased_until is not None and now < self.leased_until <= now + 2 * longest

    def lease(self, *, now: datetime, longest: timedelta) -> bool:
        """Begin a fetch; return False if another process has begun one since the row was read."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * longest)
        began = rows.filter(free).update(attempt=F("attempt") + 1, leased_until=now + longest, problem="")
        self.attempt += 1
        return began == 1

    def release(self, *, now: datetime, problem: str) -> None:
        """End this fetch without a document; ``problem`` says why to the requests that wait for it."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        rows.update(leased_until=now, problem=problem[:200])

    def abandon(self, *, now: datetime) -> None:
        """End this fetch as if it had not begun. The row of a URL that was never read is deleted."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        if not rows.filter(application=None).delete()[0]:
            rows.update(leased_until=now)

    def store(
        self, application: Application, *, client_name: str, fresh_until: datetime, now: datetime
    ) -> bool:
        """End this fetch with its result; return False if another fetch has begun since."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        return (
            rows.update(
                application=application,
                client_name=client_name,
                fetched_at=now,
                fresh_until=fresh_until,
                leased_until=None,
                problem="",
            )
            == 1
        )

    @classmethod
    def long_over(cls, *, now: datetime) -> models.QuerySet[MetadataDocument]:
        """Return the rows that can be removed: those without application."""
        return cls.objects.filter(application=None, leased_until__lt=now - KEPT)
