"""Consents: what a person has approved for an application; and consent pages that were answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel, primary_connection
from oauthcore.models.fields import WordsField
from oauthcore.models.used_identifiers import UsedOnce
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims import OPENID

#: How often locking a row is tried again if other requests delete it meanwhile.
_TRIES = 5


class Consent(PrimaryModel):
    """The scopes that a person has approved for an application so far, for the account they chose last.

    ``scopes`` were approved without a resource. ``resource_scopes`` has the others: identifier → scopes.
    """

    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthcore_consents",
        db_index=False,
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    scopes = WordsField()
    resource_scopes = models.JSONField(null=True)
    account_uuid = models.UUIDField(null=True)
    # The hosts of redirect URIs that the person approved, for a self-registered application.
    redirect_hosts = WordsField(db_default="")
    # The claims that the person approved, and those that they unticked.
    claims = WordsField(db_default="")
    withheld_claims = WordsField(db_default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        # For the list of the admin, last changed first. Rows do not lie in this order, so the index has the
        # primary key too: then the 10,000 keys that the list counts are read from the index alone.
        indexes = [models.Index(fields=["updated_at", "id"], name="oauthcore_consent_changed")]
        constraints = [models.UniqueConstraint(fields=["user", "application"], name="oauthcore_consent_once")]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @classmethod
    def find(cls, user: User, named: Mapping[str, object], *, is_held: bool) -> Consent | None:
        """Return the person's consent for the application that ``named`` finds, with it: one query.

        ``is_held`` locks the row until the transaction ends.
        """
        found = cls.objects.select_related("application")
        if is_held:
            features = primary_connection().features
            found = found.select_for_update(of=("self",) if features.has_select_for_update_of else ())
        return found.filter(user=user, **{f"application__{name}": to for name, to in named.items()}).first()

    @classmethod
    def hold(cls, user: User, application: Application, values: Mapping[str, object]) -> tuple[Consent, bool]:
        """Return the row of a person and an application, locked, and whether this call made it.

        A missing row is made from ``values``. Another transaction may be making it: a SELECT cannot see that
        row yet, but an INSERT with the same key waits for it.
        """
        rows = cls.objects.select_for_update()
        for _try in range(_TRIES):
            try:
                return rows.get_or_create(user=user, application=application, defaults=values)
            except IntegrityError as conflict:
                # Another transaction had made the row, and it was withdrawn before we could lock it.
                refusal = conflict
        raise refusal

    @classmethod
    def remember(
        cls,
        *,
        user: User,
        application: Application,
        scopes: Scopes,
        resources: frozenset[str] = frozenset(),
        withheld: Scopes = frozenset(),
        kept: Scopes = frozenset(),
        claims: frozenset[str] = frozenset(),
        withheld_claims: frozenset[str] = frozenset(),
        kept_claims: frozenset[str] = frozenset(),
        account_uuid: UUID | None,
        redirect_host: str = "",
        now: datetime,
    ) -> Consent | None:
        """Add the scopes to what the person has approved; return the row, locked until the transaction ends.

        The scopes are approved for the ``resources``, or without resource. Scopes that the person withheld
        this time are removed, and so is everything for another account. Claims are about the person, for
        every account. Returns None if a ``kept`` scope or claim has been withdrawn since, or a scope was for
        another account. Then the caller rolls the transaction back.
        """
        nothing = cls(user=user, application=application)
        hosts = frozenset([redirect_host] if redirect_host else [])
        values = nothing._with(scopes, resources, frozenset()) | {"account_uuid": account_uuid}
        values |= {"claims": claims, "withheld_claims": withheld_claims}
        values |= {"redirect_hosts": hosts, "created_at": now, "updated_at": now}
        consent, is_new = cls.hold(user, application, values)
        if kept and (is_new or not consent._keeps(kept, resources, account_uuid)):
            return None
        if kept_claims and (is_new or not kept_claims <= consent.claims):
            return None
        if not is_new:
            before = consent if consent.account_uuid == account_uuid else nothing
            values = before._with(scopes, resources, withheld) | {"account_uuid": account_uuid}
            values["redirect_hosts"] = hosts | consent.redirect_hosts
            values["claims"] = (consent.claims - withheld_claims) | claims
            values["withheld_claims"] = (consent.withheld_claims - claims) | withheld_claims
            cls.objects.filter(pk=consent.pk).update(**values, updated_at=now)
            for name, value in values.items():
                setattr(consent, name, value)
        return consent

    def covers(self, scopes: Scopes, resources: frozenset[str]) -> bool:
        """Return whether all scopes were approved before, for each resource that declares them."""
        vocabulary = conf.settings().vocabulary
        parts = conf.settings().resource_parts(scopes, resources)
        return all(vocabulary.is_within(part, self._at(resource)) for resource, part in parts.items())

    @property
    def every_scope(self) -> Scopes:
        """All approved scopes, of all resources."""
        return frozenset(self.scopes).union(*(self.resource_scopes or {}).values())

    @property
    def given_claims(self) -> frozenset[str] | None:
        """The claims given in OpenID requests; None if there was no such request."""
        return frozenset(self.claims) if OPENID in self.every_scope else None

    def _at(self, resource: str) -> Scopes:
        """Return the scopes approved for a resource; an empty identifier means without resource."""
        return frozenset((self.resource_scopes or {}).get(resource, ()) if resource else self.scopes)

    def _with(self, scopes: Scopes, resources: frozenset[str], withheld: Scopes) -> dict[str, Any]:
        """Return the columns after these scopes are approved, and the withheld scopes removed."""
        approved = {
            resource: conf.settings().vocabulary.without(self._at(resource), withheld) | part
            for resource, part in conf.settings().resource_parts(scopes, resources).items()
        }
        everywhere = approved.pop("", frozenset(self.scopes))
        named = {**(self.resource_scopes or {}), **{one: sorted(has) for one, has in approved.items()}}
        return {"scopes": everywhere, "resource_scopes": named or None}

    def _keeps(self, scopes: Scopes, resources: frozenset[str], account_uuid: UUID | None) -> bool:
        return account_uuid in (None, self.account_uuid) and self.covers(scopes, resources)


class AnsweredPage(UsedOnce):
    """A consent page that was answered. It can be answered once."""

    class Meta:
        verbose_name = _("answered consent page")
        verbose_name_plural = _("answered consent pages")

    def __str__(self) -> str:
        return f"answered page {self.pk}"
