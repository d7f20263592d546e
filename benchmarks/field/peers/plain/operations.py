"""What Django and Django REST framework themselves cost."""

from collections.abc import Iterator

from benchmarks import people
from benchmarks.products import Operation, plain_operations


def operations() -> Iterator[Operation]:
    """Yield the plain views: of a person, one of them reads a row."""
    people.create_users(people.USERS)
    yield from plain_operations()
