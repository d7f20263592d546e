"""The limits of a service token, and their validation by field."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.languages import translated
from oauthcore.models import ServiceToken
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.names import is_plain
from oauthcore.rules.text.sizes import LARGEST
from oauthcore.rules.wire.networks import are_everywhere, parse_network, written

#: The most networks of a token. Each is compared in every request.
_MOST_NETWORKS = 100
_LONGEST_LABEL = 200
_LONGEST_CONTACT = 254
#: Longer times are refused, because dates end with the year 9999.
_LATEST = timedelta(days=36_525)


@dataclass(frozen=True)
class Limits:
    """The values of a service token that staff set and can change.

    If ``allowed_networks`` is None, every address is allowed. If it is empty, no address is allowed.
    """

    label: str
    scopes: Scopes
    contact: str = ""
    expires_at: datetime | None = None
    allowed_networks: tuple[str, ...] | None = None
    max_request_bytes: int | None = None


def columns(limits: Limits) -> dict[str, Any]:
    """Return the values of a service token's columns."""
    values = asdict(limits)
    networks = limits.allowed_networks
    values["allowed_networks"] = (
        None if networks is None else [written(parse_network(one)) for one in _lines(networks).values()]
    )
    return values


def mark_of(token: ServiceToken) -> str:
    """Return a digest of a token's present limits. It changes when one of them changes."""
    values = (
        *(token.label, token.contact, sorted(token.scopes), token.expires_at),
        *(token.allowed_networks, token.max_request_bytes),
    )
    return sha256(repr(values).encode()).hexdigest()[:16]


def check(
    limits: Limits, *, now: datetime, account_uuid: UUID | None = None, was: ServiceToken | None = None
) -> None:
    """Raise ValidationError with the wrong fields.

    ``account_uuid`` is the account of a new token, or None on a site without accounts. ``was`` is the token
    that is changed. Its end may stay in the past.
    """
    wrong = {
        "label": _label_problem(limits.label),
        "contact": _contact_problem(limits.contact),
        "scopes": _scope_problem(limits.scopes),
        "expires_at": _expiry_problem(limits.expires_at, now=now, was=was),
        "allowed_networks": network_problems(limits.allowed_networks or ()),
        "max_request_bytes": _size_problem(limits.max_request_bytes),
        "account_uuid": was is None and _account_problem(account_uuid),
    }
    problems = {name: text for name, text in wrong.items() if text}
    if problems:
        raise ValidationError(problems)


def _label_problem(label: str) -> str:
    if not label.strip():
        return _("Enter a name that says what uses the token.")
    if conf.settings().secret_format.is_in(label):
        return _("This looks like a token. Never write a token where other people can read it.")
    is_fine = is_plain(label) and len(label) <= _LONGEST_LABEL
    return (
        ""
        if is_fine
        else _("Enter a name of one line and at most %(most)s characters.") % {"most": _LONGEST_LABEL}
    )


def _contact_problem(contact: str) -> str:
    try:
        validate_email(contact or "nobody@example.org")
    except ValidationError:
        return _("Give an e-mail address.")
    is_fine = len(contact) <= _LONGEST_CONTACT
    return (
        "" if is_fine else _("Give an address of at most %(most)s characters.") % {"most": _LONGEST_CONTACT}
    )


def _scope_problem(scopes: Scopes) -> str:
    unknown = sorted(name for name in scopes if name not in conf.settings().vocabulary)
    return _("This site has no scope %(scope)s.") % {"scope": unknown[0]} if unknown else ""


def _expiry_problem(expires_at: datetime | None, *, now: datetime, was: ServiceToken | None) -> str:
    if expires_at is None or (was is not None and was.expires_at == expires_at):
        return ""
    if expires_at <= now:
        return _("Choose a future time.")
    return "" if expires_at <= now + _LATEST else _("Choose a time within a hundred years.")


def _size_problem(size: int | None) -> str:
    if size is None or 1 <= size <= LARGEST:
        return ""
    return _("Give a size of 1 byte or more.") if size < 1 else _("Give a smaller size.")


def network_problems(networks: tuple[str, ...]) -> list[str]:
    """Return the errors of networks in words, with their line numbers. Empty lines count as lines."""
    lines = _lines(networks)
    if len(lines) > _MOST_NETWORKS:
        return [_("Give at most %(count)s networks.") % {"count": _MOST_NETWORKS}]
    found, read = [], []
    for number, text in lines.items():
        try:
            read.append(parse_network(text))
        except ValueError as error:
            found.append(_("Line %(number)s: %(problem)s") % {"number": number, "problem": translated(error)})
    if not found and are_everywhere(read):
        return [_("This is every address. Leave the field empty instead.")]
    return found


def _lines(networks: tuple[str, ...]) -> dict[int, str]:
    return {number: text for number, text in enumerate(networks, start=1) if text.strip()}


def _account_problem(account_uuid: UUID | None) -> str:
    settings = conf.settings()
    if not settings.has_accounts:
        unknown = _("This site has no accounts: the setting ACCOUNT_BACKEND names no class. Name no account.")
        return unknown if account_uuid is not None else ""
    if account_uuid is None:
        return _(
            "Choose the account that it works on, because this site has accounts (setting ACCOUNT_BACKEND)."
        )
    found = settings.account_backend.find(account_uuid)
    return (
        ""
        if found is not None
        else _("There is no live account of this UUID, as the class in ACCOUNT_BACKEND says.")
    )
