"""UUIDs that are not our own: of all values of 16 bytes, MariaDB refuses a quarter as UUIDs."""

from __future__ import annotations

from uuid import UUID

from oauthcore.models.database import primary_connection


def is_storable(value: UUID) -> bool:
    """Return whether the database can store the value in a UUIDField."""
    return not (_is_of_mariadb() and is_refused_by_mariadb(value))


def storable(value: UUID) -> UUID:
    """Return the value or, if the database cannot store it, another one, the same each time."""
    return value if is_storable(value) else UUID(int=value.int | 1 << 63)


def is_refused_by_mariadb(value: UUID) -> bool:
    """Return whether a value is no UUID for MariaDB: its version is 8 or more, its variant an older one."""
    return value.bytes[6] >= 0x80 and value.bytes[8] < 0x80


def _is_of_mariadb() -> bool:
    """Return whether the column has a type of its own; MySQL, and MariaDB before 10.7, have text instead."""
    connection = primary_connection()
    return connection.vendor == "mysql" and bool(connection.features.has_native_uuid_field)
