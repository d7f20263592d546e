"""Checks of imported tokens: which packages are named, and which of them can be switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.jose_library import check_jose_library
from oauthcore.checks.tables import is_migrated
from oauthcore.conf.other_packages import simplejwt_signing
from oauthcore.models.database import primary
from oauthcore.rules.imports.sources import SIMPLEJWT, SOURCES

if TYPE_CHECKING:
    from oauthcore.models import Import


@register()
def check_imported_tokens(**_: Any) -> list[CheckMessage]:
    """Check that every name in IMPORTED_TOKENS is a package that tokens can come from."""
    if check_settings():
        return []
    hint = f"Name packages among {', '.join(SOURCES)}."
    return [
        Error(f"IMPORTED_TOKENS names {name!r}, which is no package.", hint=hint, id="oauthcore.E100")
        for name in conf.settings().IMPORTED_TOKENS
        if name not in SOURCES
    ]


@register()
def check_simplejwt(**_: Any) -> list[CheckMessage]:
    """Check that the settings with which SimpleJWT signs can be read, while its tokens are accepted."""
    if check_settings() or SIMPLEJWT not in conf.settings().IMPORTED_TOKENS or check_jose_library():
        return []
    try:
        simplejwt_signing()
    except ImproperlyConfigured as problem:
        hint = "Keep the settings of SimpleJWT as long as its tokens are accepted."
        return [Error(str(problem), hint=hint, id="oauthcore.E101")]
    return []


@register(Tags.database)
def check_imports(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check whether imported tokens are accepted, and say when the last one of a package has ended."""
    if primary() not in (databases or ()) or check_settings():
        return []
    from oauthcore.models import Import

    if not is_migrated(Import):
        return []
    rows, now = {one.source: one for one in Import.objects.all()}, timezone.now()
    return [*_of_named(rows, now), *_of_others(rows, now)]


def _of_named(rows: dict[str, Import], now: datetime) -> Iterator[CheckMessage]:
    for name in conf.settings().IMPORTED_TOKENS:
        row = rows.get(name)
        if row is None or row.cursor:
            done = "was interrupted" if row else "has not run"
            hint = f"Run manage.py import_tokens --from {name}, or take the name out of IMPORTED_TOKENS."
            yield Caution(f"The import from {name} {done}.", hint=hint, id="oauthcore.W101")
        elif not row.is_live(now):
            ended = "no token of it was live" if row.last_ends_at is None else _ended_at(row.last_ends_at)
            hint = (
                f"Take {name!r} out of IMPORTED_TOKENS. The package, its tables, and addresses that were kept"
                " for its clients can go, where nothing else uses them."
            )
            yield Caution(f"The import from {name} is over: {ended}.", hint=hint, id="oauthcore.W100")


def _of_others(rows: dict[str, Import], now: datetime) -> Iterator[CheckMessage]:
    for name, row in rows.items():
        if name not in conf.settings().IMPORTED_TOKENS and row.is_live(now):
            hint = f"Add {name!r} to IMPORTED_TOKENS, or end its tokens."
            text = f"Tokens imported from {name} are live, and the site refuses them."
            yield Caution(text, hint=hint, id="oauthcore.W102")


def _ended_at(end: datetime) -> str:
    return f"its last token ended at {end:%Y-%m-%d %H:%M %Z}"
