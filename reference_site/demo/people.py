"""The demo's people and accounts. Their passwords and seeds are public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User

from reference_site.accounts.models import Account, Membership
from reference_site.accounts.roles import Role


@dataclass(frozen=True)
class Person:
    """A person who can log in. If there is a TOTP secret, a code follows the password."""

    username: str
    password: str
    first_name: str
    last_name: str
    is_staff: bool = False
    totp_secret: str = ""

    @property
    def email(self) -> str:
        """An address that belongs to nobody."""
        return f"{self.username}@example.com"


@dataclass(frozen=True)
class Tenant:
    """An account, and the roles of its members."""

    uuid: UUID
    name: str
    roles: Mapping[str, Role]


PEOPLE = (
    Person("ada", "moonlight-over-the-bay", "Ada", "Lindqvist"),
    Person("ben", "seven-paper-lanterns", "Ben", "Okafor"),
    Person(
        "cleo",
        "three-herons-at-dawn",
        "Cleo",
        "Marchetti",
        totp_secret="LUMENDEMOSECRETKNOWNTOEVERYBODY2",
    ),
    Person("staff", "keys-to-the-darkroom", "Sam", "Keller", is_staff=True),
)
STUDIO = Tenant(
    UUID("5d0f9a1e-3c52-4f0b-9a53-8a6a1f0c7b11"),
    "North Light Studio",
    {"ada": Role.OWNER, "ben": Role.EDITOR, "cleo": Role.VIEWER, "staff": Role.VIEWER},
)
ALBUM = Tenant(UUID("b1c7a4d2-77e8-4d0e-8f0a-2f4e6c9d3a22"), "Ada’s album", {"ada": Role.OWNER})
TENANTS = (STUDIO, ALBUM)


def install_people() -> dict[str, User]:
    """Make the people or reset them; return them by user name."""
    return {person.username: _install(person) for person in PEOPLE}


def _install(person: Person) -> User:
    user, _ = User.objects.update_or_create(
        username=person.username,
        defaults={
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "is_active": True,
            "is_staff": person.is_staff,
            "is_superuser": person.is_staff,
        },
    )
    # A new hash of the same password would end every session and grant of the user.
    if not user.check_password(person.password):
        user.set_password(person.password)
        user.save(update_fields=["password"])
    return user


def install_accounts(users: Mapping[str, User]) -> None:
    """Make the accounts with their members, or reset them."""
    for tenant in TENANTS:
        account, _ = Account.objects.update_or_create(
            uuid=tenant.uuid, defaults={"name": tenant.name, "suspended_at": None}
        )
        for username, role in tenant.roles.items():
            Membership.objects.update_or_create(
                account=account, user=users[username], defaults={"role": role}
            )
