"""Importing from django-oauth-toolkit 2 and 3: applications, refresh tokens, access tokens, used ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import models

from oauthcore import conf
from oauthcore.flows.imports import toolkit_applications, toolkit_tables
from oauthcore.flows.imports.ended import write_ended
from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.tables import Table, rows_of
from oauthcore.flows.imports.tally import EXPIRED, Tally
from oauthcore.models import Grant
from oauthcore.rules.imports.django_oauth_toolkit import base_of, reason_to_leave, scopes_of
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.imports.values import Damaged, ImportedGrant, ImportedToken, hint_of, uuid_of

NO_APPLICATION = "it belongs to no application"
ORPHAN = "its access token is gone, and its scopes with it"
OTHER_RESOURCES = "the site does not declare the resources that it is for"


def stages(options: Options) -> Sequence[Stage]:
    """Return the stages; raise Damaged if the tables are not those of the package."""
    return _Toolkit(options, *toolkit_tables.find()).stages()


class _Toolkit:
    """The tables of one run."""

    def __init__(self, options: Options, tables: Mapping[str, Table], made: Mapping[str, Any]) -> None:
        self._options, self._tables, self._made = options, tables, made
        self._site = toolkit_applications.site()
        self._scopes = frozenset(conf.settings().vocabulary.words)
        self._refresh_lifetime = _refresh_lifetime()

    def stages(self) -> Sequence[Stage]:
        """Return the stages. Grants are opened by live refresh tokens first, because those live longest."""
        applications = rows_of(self._made["Application"], self._tables["Application"])
        refresh = rows_of(self._made["RefreshToken"], self._tables["RefreshToken"])
        access = rows_of(self._made["AccessToken"], self._tables["AccessToken"])
        of_refresh = self._columns("RefreshToken", "access_token_id")
        revoked = models.Q(revoked__isnull=False)
        # What the package has used since is for the next run: this one may have read it as live, and cannot
        # have read its successor.
        used = models.Q(revoked__lte=self._options.began_at)
        has_lost = models.Q(revoked__isnull=True, access_token__expires__isnull=True)
        return [
            Stage(
                "applications",
                applications,
                toolkit_applications.columns(self._made["Application"]),
                toolkit_applications.taker(self._tables["Application"], self._site),
                check=toolkit_applications.check,
                write=toolkit_applications.write,
            ),
            Stage(
                "refresh tokens",
                refresh.exclude(revoked),
                (*of_refresh, "access_token__expires", "access_token__scope"),
                self._take_refresh,
            ),
            Stage(
                "access tokens",
                access.filter(models.Q(expires__gt=self._options.now) | models.Q(expires=None)),
                (*self._columns("AccessToken", "expires", "scope"),),
                self._take_access,
                passed_over={EXPIRED: access.filter(expires__lte=self._options.now)},
            ),
            Stage(
                "used refresh tokens",
                refresh.filter(used | has_lost),
                of_refresh,
                self._take_used,
                write=partial(write_ended, now=self._options.now),
            ),
        ]

    def _columns(self, name: str, *more: str) -> tuple[str, ...]:
        present = {one.name for one in self._made[name]._meta.get_fields()}
        optional = tuple(one for one in ("token_checksum", "resource", "token_family") if one in present)
        common = ("user_id", "token", "application_id", "application__client_id", "created")
        return (*common, *optional, *more)

    def _take_refresh(self, rows: Sequence[Row], tally: Tally) -> list[ImportedGrant]:
        taken = []
        for row, name, base in self._readable("RefreshToken", rows, tally):
            if row["access_token__expires"] is None:
                tally.leave(ORPHAN)
                continue
            end = self._refresh_end(row["access_token__expires"])
            if end <= max(self._options.now, row["created"]):
                tally.leave(EXPIRED)
                continue
            scopes, resources = self._rights(row, row["access_token__scope"], tally)
            if resources is None:
                continue
            token = _token(row, base, end, scopes=scopes, is_refresh=True)
            taken.append(self._grant(row, name, _uuid_of_family(row), end, scopes, resources, token))
        return taken

    def _take_access(self, rows: Sequence[Row], tally: Tally) -> list[ImportedGrant]:
        refresh = rows_of(self._made["RefreshToken"], self._tables["RefreshToken"])
        families = self._families(refresh.filter(access_token_id__in=[row["pk"] for row in rows]))
        taken = []
        for row, name, base in self._readable("AccessToken", rows, tally):
            end = row["expires"]
            if end is None or end <= row["created"]:
                tally.damage(name, "it ends before it begins" if end else "it has no end")
                continue
            scopes, resources = self._rights(row, row["scope"], tally)
            if resources is None:
                continue
            named = " ".join(sorted(resources)) or None
            token = _token(row, base, end, scopes=scopes, resource=named)
            alone = uuid_of(DJANGO_OAUTH_TOOLKIT, "access token", row["pk"])
            taken.append(
                self._grant(row, name, families.get(row["pk"], alone), end, scopes, resources, token)
            )
        return taken

    def _take_used(self, rows: Sequence[Row], tally: Tally) -> list[ImportedGrant]:
        """Take used refresh tokens of families that are live, so that one which comes back ends the grant.

        One that has lost its access token is treated in the same way: release 2 revokes it like that.
        """
        successors = self._successors(rows)
        taken = []
        for row, name, base in self._readable("RefreshToken", rows, tally):
            uuid = successors.get(row["pk"]) or _uuid_of_family(row)
            token = _token(row, base, None, is_refresh=True, is_spent=True)
            taken.append(self._grant(row, name, uuid, None, frozenset(), frozenset(), token))
        return taken

    def _grant(
        self,
        row: Row,
        name: str,
        uuid: UUID,
        end: datetime | None,
        scopes: frozenset[str],
        resources: frozenset[str],
        token: ImportedToken,
    ) -> ImportedGrant:
        is_for_itself = row["user_id"] is None
        client_id = row["application__client_id"]
        return ImportedGrant(
            source=DJANGO_OAUTH_TOOLKIT,
            row=name,
            uuid=uuid_of(DJANGO_OAUTH_TOOLKIT, "application", client_id) if is_for_itself else uuid,
            kind=Grant.Kind.CLIENT if is_for_itself else Grant.Kind.APPLICATION,
            created_at=row["created"],
            expires_at=None if is_for_itself else end,
            scopes=self._site.scopes | scopes if is_for_itself else scopes,
            resources=frozenset() if is_for_itself else resources,
            client_id=client_id,
            user_id=row["user_id"],
            account_uuid=None if is_for_itself else self._options.account_uuid,
            tokens=[token],
            only_if_here=token.is_spent,
        )

    def _readable(self, table: str, rows: Sequence[Row], tally: Tally) -> Iterator[tuple[Row, str, bytes]]:
        """Yield each token that may be taken, with the name of its row and its base digest."""
        for row in rows:
            name = self._tables[table].row(row["pk"])
            try:
                base = base_of(row)
            except Damaged as problem:
                tally.damage(name, str(problem))
                continue
            if not self._is_left(row, name, tally):
                yield row, name, base

    def _is_left(self, row: Row, name: str, tally: Tally) -> bool:
        """Count a token that is damaged or belongs to nobody; return whether it is not taken."""
        client_id = row["application__client_id"]
        if row["application_id"] is None:
            tally.leave(NO_APPLICATION)
        elif client_id is None:
            tally.damage(name, f"there is no application {row['application_id']}")
        elif reason_to_leave(client_id):
            tally.leave("its application is not taken")
        else:
            return False
        return True

    def _rights(
        self, row: Row, scope: str | None, tally: Tally
    ) -> tuple[frozenset[str], frozenset[str] | None]:
        """Return the scopes and resources that the site declares; None if it declares none of the latter."""
        scopes, unknown = scopes_of(scope, self._scopes)
        for one in sorted(unknown):
            tally.note(f"the site does not declare the scope {one}")
        wanted = row.get("resource") or []
        known = frozenset(one for one in wanted if conf.settings().resources.find(one) is not None)
        if wanted and not known:
            tally.leave(OTHER_RESOURCES)
            return scopes, None
        return scopes, known

    def _families(self, refresh: models.QuerySet[Any], key: str = "access_token_id") -> dict[Any, UUID]:
        columns = [one for one in self._columns("RefreshToken") if one == "token_family"]
        return {row[key]: _uuid_of_family(row) for row in refresh.values("pk", key, *columns)}

    def _successors(self, rows: Sequence[Row]) -> dict[Any, UUID]:
        """Return the grants of the refresh tokens that follow used ones without a family.

        Release 2 knows no families. It notes of which refresh token an access token was made, and deletes
        that access token at the next rotation, so only the last used one of each chain has a successor.
        """
        alone = [row["pk"] for row in rows if row.get("token_family") is None]
        if not alone:
            return {}
        key = "access_token__source_refresh_token_id"
        refresh = rows_of(self._made["RefreshToken"], self._tables["RefreshToken"])
        return self._families(refresh.filter(**{f"{key}__in": alone}), key)

    def _refresh_end(self, access_token_end: datetime) -> datetime:
        """Return when a refresh token ends: as the package says, or else as tokens of this site do."""
        if self._refresh_lifetime is not None:
            return access_token_end + self._refresh_lifetime
        lifetime = timedelta(seconds=conf.settings().REFRESH_TOKEN_LIFETIME)
        return self._options.expires_at or self._options.first_run_at + lifetime


def _token(row: Row, base: bytes, end: datetime | None, **more: Any) -> ImportedToken:
    """Return the token of a row. Release 3 may have stored its checksum alone, and then no hint is known."""
    hint = hint_of(row["token"] or "")
    return ImportedToken(base=base, created_at=row["created"], expires_at=end, hint=hint, **more)


def _uuid_of_family(row: Row) -> UUID:
    family = row.get("token_family")
    key = ("refresh token", row["pk"]) if family is None else ("family", family)
    return uuid_of(DJANGO_OAUTH_TOOLKIT, *key)


def _refresh_lifetime() -> timedelta | None:
    value = getattr(django_settings, "OAUTH2_PROVIDER", {}).get("REFRESH_TOKEN_EXPIRE_SECONDS")
    return value if isinstance(value, timedelta) else timedelta(seconds=value) if value else None
