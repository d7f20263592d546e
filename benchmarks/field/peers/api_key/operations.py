"""What djangorestframework-api-key is asked for."""

from collections.abc import Iterator
from itertools import cycle, islice

from rest_framework_api_key.models import APIKey

from benchmarks import people
from benchmarks.products import Operation, expect, handler_with
from benchmarks.requests import Environ, get


def operations() -> Iterator[Operation]:
    """Yield the check of a key, which is a check of a token that no person has."""
    keys = cycle([APIKey.objects.create_key(name=f"Job {number}")[1] for number in range(people.TOKENS)])

    def check(count: int) -> list[Environ]:
        return [get("/protected") | {"HTTP_AUTHORIZATION": f"Api-Key {key}"} for key in islice(keys, count)]

    yield Operation(
        "service token check", "djangorestframework-api-key", handler_with([]), check, expect({"ok": True})
    )
