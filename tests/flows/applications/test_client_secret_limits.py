"""Wrong client secrets: what they may cost the site, in hashes and in rows (``docs/security.md``)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from oauthcore.models import ClientSecret, LimitWindow
from tests.support import hashers
from tests.support.client_secrets import ask
from tests.support.factories import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashed(settings: Any) -> list[bool]:
    """What is hashed from here on."""
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    hashers.hashed.clear()
    return hashers.hashed


@pytest.fixture
def imported(hashed: list[bool]) -> Any:
    """An application whose secret came from another server, with a hash of Django's."""
    one = register()
    ClientSecret.objects.update(digest=None, encoded=make_password("from-another-server"))
    hashed.clear()
    return one


def test_guesses_at_an_imported_secret_cost_no_hash_beyond_the_limit(
    imported: Any, hashed: list[bool]
) -> None:
    answers = [ask(imported, client_secret="guess").status_code for _ in range(40)]

    assert answers == [401] * 30 + [429] * 10
    assert len(hashed) == 30


def test_the_imported_secret_itself_waits_as_long_as_guesses_do(imported: Any, hashed: list[bool]) -> None:
    for _ in range(30):
        ask(imported, client_secret="guess")

    assert ask(imported, client_secret="from-another-server").status_code == 429
    assert ask(imported, client_secret="from-another-server", address="192.0.2.2").status_code == 200
    assert len(hashed) == 31
    assert ask(imported, client_secret="from-another-server").status_code == 200, "by its digest, uncounted"


def test_the_right_imported_secret_is_given_back(imported: Any) -> None:
    assert ask(imported, client_secret="from-another-server").status_code == 200

    assert [one.count for one in LimitWindow.objects.all()] == [0, 0, 0]


def test_guesses_at_the_imported_secrets_of_many_applications_cost_one_address_no_more_hashes(
    imported: Any, hashed: list[bool]
) -> None:
    other = register()
    ClientSecret.objects.filter(application=other.application).update(
        digest=None, encoded=make_password("another")
    )
    hashed.clear()

    for _ in range(20):
        assert ask(imported, client_secret="guess").status_code == 401
    answers = [ask(other, client_secret="guess").status_code for _ in range(20)]

    assert answers == [401] * 10 + [429] * 10
    assert len(hashed) == 30
    assert ask(register(), client_secret="guess").status_code == 401, "its secret has a digest"


def test_made_up_applications_leave_few_rows_however_many_they_are(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_ADDRESS_LIMIT": (100_000, 60)}
    one = register()

    for number in range(600):
        assert ask(one, client_id=f"made-up-{number}", client_secret="guess").status_code == 401

    assert LimitWindow.objects.count() <= 1 + 256


def test_an_address_guesses_so_often_in_all_and_an_unknown_application_is_no_exception() -> None:
    one = register()
    for number in range(300):
        assert ask(one, client_id=f"made-up-{number % 20}", client_secret="guess").status_code == 401

    for client_id in (one.client_id, "made-up-1", "never-tried"):
        assert ask(one, client_id=client_id, client_secret="guess").status_code == 429
    assert ask(one).status_code == 200, "the right secret is not counted"
    assert ask(one, client_secret="guess", address="192.0.2.2").status_code == 401


def test_an_unknown_application_waits_after_as_many_guesses_as_a_known_one(clock: Any) -> None:
    one = register()
    for client_id in (one.client_id, "made-up"):
        answers = [ask(one, client_id=client_id, client_secret="guess").status_code for _ in range(31)]
        assert answers == [401] * 30 + [429]
