"""Keywords: one spelling per account, whatever the case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 100


def tidy(name: str) -> str:
    """Return a keyword's name in one Unicode form, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def fold(name: str) -> str:
    """Return what two spellings of one keyword have in common; never longer than four times the name."""
    return unicodedata.normalize("NFKC", tidy(name).casefold())[: LONGEST_NAME * 4]


class KeywordManager(models.Manager["Keyword"]):
    """Finds and makes the keywords of one account."""

    def named(self, account_uuid: UUID, names: Iterable[str]) -> list[Keyword]:
        """Return the account's keywords of these names, made where they are missing.

        The unique constraint decides between requests that make the same keyword at the same time.
        """
        wanted = {fold(name): tidy(name) for name in names}
        self.bulk_create(
            [Keyword(account_id=account_uuid, name=name, folded=folded) for folded, name in wanted.items()],
            ignore_conflicts=True,
        )
        return list(self.filter(account_id=account_uuid, folded__in=wanted))


class Keyword(models.Model):
    """A word that images of one account are found by."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="keywords", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    folded = models.CharField(max_length=LONGEST_NAME * 4, editable=False)

    objects = KeywordManager()

    class Meta:
        ordering = ["folded"]
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        constraints = [models.UniqueConstraint(fields=["account", "folded"], name="photos_keyword_once")]

    def __str__(self) -> str:
        return self.name
