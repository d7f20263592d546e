"""The people of imported tokens: the column that names them, and the account that their tokens work on.

A session works on the first account of its person, as after signing in: the person can change it. A token of
an application works on an account only if the person has no other. The import cannot know which one the
person would have chosen, and the application must not get the data of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.imports.tally import Tally

#: Why a token of a person is left on a site with accounts.
NO_ACCOUNT = "its person has no account to work on"
#: What is noted of a token of an application there.
NOT_ONE_ACCOUNT = "it works on no account: its person has none, or several"


def person_column(*, is_key: bool = False) -> models.Field[Any, Any]:
    """Return the field for a column with the key of a person."""
    return column_like(get_user_model()._meta.pk, is_key=is_key)


def column_like(key: models.Field[Any, Any], *, is_key: bool = False) -> models.Field[Any, Any]:
    """Return the field for a column that refers to this key, or is such a key itself."""
    options: dict[str, Any] = {"primary_key": True} if is_key else {"null": True}
    if isinstance(key, models.UUIDField):
        return models.UUIDField(**options)
    if isinstance(key, models.CharField):
        return models.CharField(max_length=key.max_length, **options)
    return models.BigIntegerField(**options)


def people_of(rows: Sequence[Mapping[str, Any]]) -> Mapping[Any, User]:
    """Return the people of a batch by their key. Those who do not exist are missing."""
    return _people(row["user_id"] for row in rows)


def known_people(named: Sequence[tuple[str, Any]], tally: Tally) -> Mapping[Any, User]:
    """Return people by their key, and report each row that names one who does not exist.

    ``named`` has the name of each row, and the key in it or None.
    """
    found = _people(key for _, key in named)
    for row, key in named:
        if key is not None and key not in found:
            tally.damage(row, f"there is no person {key}")
    return found


def _people(keys: Iterable[Any]) -> Mapping[Any, User]:
    wanted = set(keys) - {None}
    found: Mapping[Any, User] = get_user_model()._default_manager.in_bulk(wanted) if wanted else {}
    return found


def home_of(person: User | None) -> tuple[UUID | None, bool]:
    """Return the account that a session works on, and whether there is one where the site needs it.

    It is the first account of the person. A person who does not exist is reported by the check of grants.
    """
    settings = conf.settings()
    if person is None or not settings.has_accounts:
        return None, True
    accounts = settings.account_backend.accounts_of(person)
    return (accounts[0].uuid, True) if accounts else (None, False)


def only_account_of(person: User) -> UUID | None:
    """Return the account that a token of an application works on: the only one of the person, or None."""
    accounts = conf.settings().account_backend.accounts_of(person)
    return accounts[0].uuid if len(accounts) == 1 else None
