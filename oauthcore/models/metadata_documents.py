"""Metadata documents: what is known of a URL that is a client ID, and who is reading it right now.

The row is the lock of a fetch: one process holds it for a few seconds by a lease, and no transaction is open
meanwhile. A URL is found by its digest, so byte for byte on every database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel, write_over
from oauthcore.models.fields import DigestField
from oauthcore.models.sweeping import Sweeping

#: For so long rows without an application stay, for the processes that wait for what a fetch brings.
KEPT = timedelta(minutes=10)

#: So the table holds few URLs that led to nothing, also during a flood and without a cleanup job.
sweeping = Sweeping(after=20, most=40)


class MetadataDocument(PrimaryModel):
    """The document at one URL: its application once it was read, and the fetch that is under way.

    ``attempt`` counts fetches. ``problem`` is what came of the last one, for those who waited for it; it is
    never asked later.
    """

    digest = DigestField(unique=True)
    application = models.OneToOneField(
        Application, null=True, on_delete=models.CASCADE, related_name="metadata_document"
    )
    client_name = models.CharField(_("name in the document"), max_length=100, blank=True)
    fetched_at = models.DateTimeField(_("document fetched"), null=True)
    fresh_until = models.DateTimeField(_("document kept until"), null=True)
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
        """Return what a URL is found by."""
        return sha256(url.encode()).digest()

    @classmethod
    def find(cls, url: str) -> MetadataDocument | None:
        """Return what is known of a URL, with its application; None where nothing is."""
        return cls.objects.select_related("application").filter(digest=cls.digest_of(url)).first()

    @classmethod
    def require(cls, url: str, *, now: datetime) -> MetadataDocument:
        """Return the row of a URL, made where there is none: one statement for all who come at once."""
        found = cls.find(url)
        while found is None:
            row = cls(digest=cls.digest_of(url), leased_until=now - KEPT / 2)
            write_over(row, key="digest", fields=["digest"])
            sweeping.note_row(lambda: cls.long_over(now=now))
            found = cls.find(url)
        return found

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the document may be used as it was read last."""
        return self.application is not None and self.fresh_until is not None and now < self.fresh_until

    def is_being_fetched(self, now: datetime, *, longest: timedelta) -> bool:
        """Return whether somebody reads it now; a lease too far ahead is of a clock that was wrong."""
        return self.leased_until is not None and now < self.leased_until <= now + 2 * longest

    def lease(self, *, now: datetime, longest: timedelta) -> bool:
        """Begin a fetch, unless somebody else has since the row was read; return whether this call did."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * longest)
        began = rows.filter(free).update(attempt=F("attempt") + 1, leased_until=now + longest, problem="")
        self.attempt += 1
        return began == 1

    def release(self, *, now: datetime, problem: str) -> None:
        """End this fetch without a document, and say why to those who wait for it."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        rows.update(leased_until=now, problem=problem[:200])

    def abandon(self, *, now: datetime) -> None:
        """End this fetch as if it had not begun: no row is left of a URL that nobody has read."""
        rows = MetadataDocument.objects.filter(pk=self.pk, attempt=self.attempt)
        if not rows.filter(application=None).delete()[0]:
            rows.update(leased_until=now)

    def store(
        self, application: Application, *, client_name: str, fresh_until: datetime, now: datetime
    ) -> bool:
        """End this fetch with what it brought; return False where another one has begun since."""
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
        """Return the rows that can be removed: of URLs that led to no application."""
        return cls.objects.filter(application=None, leased_until__lt=now - KEPT)
