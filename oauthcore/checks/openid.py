"""Checks of OpenID Connect: the class that knows the claims, and what pairwise subjects are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.tables import is_migrated
from oauthcore.models.database import primary
from oauthcore.rules.oidc.claims import is_claim_name

_SHORTEST_SALT = 32


@register()
def check_openid(**_: Any) -> list[CheckMessage]:
    """Check the settings of OpenID Connect, without the database."""
    if check_settings() or not conf.settings().OPENID_CONNECT:
        return []
    return [*_check_claims(conf.settings()), *_check_salt(conf.settings())]


def _check_claims(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        source = settings.claims
    # Importing models of an app that is not installed raises RuntimeError.
    except (ImportError, TypeError, RuntimeError, ImproperlyConfigured) as error:
        hint = f"Name a class that can be made without arguments: {error}."
        yield Error("CLAIMS cannot be loaded.", hint=hint, id="oauthcore.E090")
        return
    offered = getattr(source, "offered", None)
    if not callable(getattr(source, "values_of", None)) or not isinstance(offered, Mapping):
        hint = "Give it offered, a dict, and values_of: see oauthcore.claims.ClaimsSource."
        yield Error("CLAIMS has no values_of, or offers nothing.", hint=hint, id="oauthcore.E090")
        return
    for name in offered:
        if not is_claim_name(name):
            hint = "Choose another name: printable ASCII, no spaces, not a claim of id tokens such as sub."
            yield Error(
                f"CLAIMS offers {name!r}, which cannot be the name of a claim.",
                hint=hint,
                id="oauthcore.E091",
            )
        elif not offered[name]:
            hint = "Give the words that people read on the consent page, such as “your picture”."
            yield Error(f"CLAIMS offers {name!r} without words.", hint=hint, id="oauthcore.E091")


def _check_salt(settings: conf.Settings) -> Iterator[CheckMessage]:
    if 0 < len(settings.PAIRWISE_SALT) < _SHORTEST_SALT:
        hint = (
            f"Give at least {_SHORTEST_SALT} random characters, for example from secrets.token_urlsafe(32)."
        )
        text = "PAIRWISE_SALT is too short, so somebody could guess the person behind a subject."
        yield Error(text, hint=hint, id="oauthcore.E092")


@register(Tags.database)
def check_pairwise_applications(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check that pairwise subjects can be made if an application needs them."""
    if primary() not in (databases or ()) or check_settings():
        return []
    settings = conf.settings()
    if not settings.OPENID_CONNECT or settings.PAIRWISE_SALT:
        return []
    from oauthcore.models import Application

    if not is_migrated(Application):
        return []
    application = Application.objects.filter(subject_type="pairwise", deleted_at=None).order_by("pk").first()
    if application is None:
        return []
    hint = "Set PAIRWISE_SALT, and never change it. Or give the application public subjects in the admin."
    text = f"{application.name!r} gets pairwise subjects, and PAIRWISE_SALT is empty: nobody can sign in."
    return [Caution(text, hint=hint, id="oauthcore.W093")]
