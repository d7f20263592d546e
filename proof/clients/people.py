"""The people whom the clients belong to, and what happens to them beside all clients: as rows change."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from oauthcore.flows.applications.applications import delete_application, set_enabled
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Application, Grant
from proof.ledger import Ledger
from tests.support.factories import UserFactory
from tests.support.sign_in.people import Person, with_account, with_second_factor

__all__ = [
    "Person",
    "change_password",
    "deactivate",
    "delete",
    "end_by_staff",
    "new_user",
    "switch_off",
    "with_account",
    "with_second_factor",
]


def new_user() -> Any:
    """Make a person with a password."""
    return UserFactory()  # type: ignore[no-untyped-call]


def change_password(user: User, ledger: Ledger) -> None:
    """Give a person another password, and note it: the audit cannot see it in the rows."""
    user.set_password(uuid4().hex)
    user.save()
    ledger.state("password changed", who=str(user.pk))


def deactivate(user: User) -> None:
    """Take a person off the site, as a bulk action of the admin does."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_by_staff(refresh_digest: str) -> None:
    """End the grant of a refresh token, as an action of the admin does."""
    grant = Grant.objects.get(tokens__digest=bytes.fromhex(refresh_digest))
    end_grant(grant, "by staff: the proof", now=timezone.now(), by=new_user())


def switch_off(application: Application) -> None:
    """Switch an application off, as its developer or staff do."""
    set_enabled(application, False, user=new_user())


def delete(application: Application) -> None:
    """Delete an application, as its developer does."""
    delete_application(application, user=new_user())
