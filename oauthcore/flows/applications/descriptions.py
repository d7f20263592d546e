"""The part of an application that its developer decides, and the rules for it beyond those of the model."""

from __future__ import annotations

from copy import copy
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.models import Application, GrantType
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.client_members import OpenIDMembers


@dataclass(frozen=True)
class Description:
    """The part of an application that its developer decides and may change later."""

    name: str
    website: str
    redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]
    scopes: Scopes
    default_scopes: Scopes
    required_scopes: Scopes
    #: The format of its access tokens; None leaves it as it is.
    access_token_format: str | None = None
    dpop_bound_access_tokens: bool = False
    #: What it registers about OpenID Connect; None leaves it as it is.
    openid: OpenIDMembers | None = None


def check(described: Description, *, application: Application | None = None, client_type: str) -> None:
    """Raise ValidationError with all problems of a description; ``application`` is None for a new one.

    A form calls it to show all problems at once. The write checks again.
    """
    candidate = copy(application) if application else Application(client_type=client_type)
    for name, value in values_of(described, application).items():
        setattr(candidate, name, value)
    errors: dict[str, list[ValidationError]] = {}
    try:
        candidate.full_clean()
    except ValidationError as wrong:
        wrong.update_error_dict(errors)
    for name, text in _own_problems(described, application).items():
        if text:
            errors.setdefault(name, []).append(ValidationError(text))
    if errors:
        raise ValidationError(errors)


def refuse(described: Description, application: Application | None) -> None:
    """Raise ValidationError for values that a developer may not set. A new application is None."""
    wrong = {name: text for name, text in _own_problems(described, application).items() if text}
    if wrong:
        raise ValidationError(wrong)


def values_of(described: Description, application: Application | None) -> dict[str, Any]:
    """Return a description as columns. Grant types that developers cannot choose stay.

    So do columns for which the description has no value.
    """
    kept = application.grant_types - _offered() if application else frozenset()
    openid = {} if described.openid is None else asdict(described.openid)
    said = {name: value for name, value in asdict(described).items() if value is not None} | openid
    said.pop("openid", None)
    return said | {"grant_types": described.grant_types | kept}


def _own_problems(described: Description, application: Application | None) -> dict[str, str]:
    """Return by field the problems for developers, beyond those of the model."""
    has = application.scopes if application else frozenset()
    is_without = application is not None and not application.grant_types & _offered()
    return {
        "scopes": _scope_problem(described.scopes, has),
        "grant_types": _grant_type_problem(described.grant_types, is_needed=not is_without),
    }


def _scope_problem(scopes: Scopes, has: Scopes) -> str:
    vocabulary = conf.settings().vocabulary
    barred = sorted(one for one in scopes if one in vocabulary and not vocabulary.may_be_taken(one, had=has))
    return _("Staff have to approve %(scope)s first.") % {"scope": barred[0]} if barred else ""


def _offered() -> set[str]:
    return {one.name for one in grant_types.offered()}


def _grant_type_problem(chosen: frozenset[str], *, is_needed: bool) -> str:
    if not chosen <= _offered():
        return _("Choose one of the ways that are offered.")
    with_refresh_tokens = {one.name for one in grant_types.GRANT_TYPES if one.gives_refresh_tokens}
    if GrantType.REFRESH_TOKEN in chosen and not chosen & with_refresh_tokens:
        return _("Refresh tokens need authorization codes. Choose both or neither.")
    return _("Choose at least one way to get tokens.") if is_needed and not chosen else ""
