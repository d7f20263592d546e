"""What tests of the API ask for by name: people, the app that they sign in with, and their phones."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from oauthcore.recording.batches import Batch
from tests.support import hashers
from tests.support.described_api import problem_with
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import Person, with_account, with_second_factor
from tests.support.sign_in.phone import Phone


@pytest.fixture
def unhurried(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that writes nothing by itself and counts no registrations, however long it is tested."""
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (1_000_000, 600)}
    # Counts come together in memory, and are written whenever the test happens to have run so long.
    monkeypatch.setattr(Batch, "flush_if_due", lambda self: False)


@pytest.fixture
def person(db: None, clock: Any) -> Person:
    """Ada, at noon: a password, no second factor, owner of one account."""
    return with_account(username="ada")


@pytest.fixture
def person_with_totp(db: None, clock: Any) -> Person:
    """Tess, at noon: her second factor is on."""
    return with_second_factor(username="tess")


@pytest.fixture
def app() -> AppClient:
    """The app on ada's phone, at home."""
    return AppClient()


@pytest.fixture
def phone(person: Person) -> Phone:
    """Ada's phone, on which she is signed in; it holds an access token too."""
    phone = Phone(person)
    phone.refresh()
    return phone


@pytest.fixture
def tess_app() -> AppClient:
    """The app on the phone of tess, at home."""
    return AppClient(login="tess")


@pytest.fixture
def hashed(settings: Any) -> list[bool]:
    """One entry for each password hashed from now on: people are to be made after it."""
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    hashers.hashed.clear()
    return hashers.hashed


@pytest.fixture
def token(app: AppClient, person: Person) -> str:
    """The access token of ada, who has no second factor yet."""
    return app.access_token()


@pytest.fixture
def tess_token(tess_app: AppClient, person_with_totp: Person, clock: Any) -> str:
    """The access token of tess, who has one; it took her a code, and now the next one shows."""
    text = tess_app.access_token(tess_app.mfa(tess_app.mfa_token(), person_with_totp.code()))
    clock.shift(30)
    return text


_REQUEST = Client.request


def _compared(self: Client, **kwargs: Any) -> Any:
    response = _REQUEST(self, **kwargs)
    assert problem_with(response) is None
    return response


@pytest.fixture(autouse=True)
def described_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer that a test here gets is one that the OpenAPI description has.

    SQLite is enough: a database does not decide what an answer looks like.
    """
    if connection.vendor == "sqlite":
        monkeypatch.setattr(Client, "request", _compared)
