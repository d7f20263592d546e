"""Checks of OpenID Connect: the class for claims, and the salt for pairwise subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oauthcore.checks.openid import check_pairwise_applications
from tests.support.checks import ids
from tests.support.factories import register

pytestmark = pytest.mark.sqlite_only("system checks read settings, and one row")


class Offering:
    """A class for claims that a site got wrong."""

    offered: Any = {"name": "your name"}

    def values_of(self, user: Any, names: frozenset[str]) -> dict[str, Any]:
        return {}


class WithSubject(Offering):
    offered = {"sub": "your number"}


class WithSpace(Offering):
    offered = {"shoe size": "your shoe size"}


class WithNumber(Offering):
    offered = {1: "your first number"}


class WithoutWords(Offering):
    offered = {"picture": ""}


class WithList(Offering):
    offered = ["name"]


class WithoutValues:
    offered = {"name": "your name"}


class WithArgument(Offering):
    def __init__(self, argument: Any) -> None:
        self.argument = argument


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    def change(**keys: Any) -> None:
        settings.OAUTHCORE = settings.OAUTHCORE | keys

    return change


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ("Offering", []),
        ("WithSubject", ["E091"]),
        ("WithSpace", ["E091"]),
        ("WithNumber", ["E091"]),
        ("WithoutWords", ["E091"]),
        ("WithList", ["E090"]),
        ("WithoutValues", ["E090"]),
        ("WithArgument", ["E090"]),
        ("Missing", ["E090"]),
    ],
)
def test_a_class_for_claims_that_cannot_work_is_found(
    configure: Callable[..., None], claims: str, found: list[str]
) -> None:
    configure(CLAIMS=f"{__name__}.{claims}")

    assert ids() == [f"oauthcore.{one}" for one in found]


def test_the_class_is_not_checked_while_openid_connect_is_off(configure: Callable[..., None]) -> None:
    configure(CLAIMS="nowhere.Claims", OPENID_CONNECT=False)

    assert ids() == []


@pytest.mark.parametrize(("salt", "found"), [("", []), ("s" * 31, ["oauthcore.E092"]), ("s" * 32, [])])
def test_a_short_salt_is_found(configure: Callable[..., None], salt: str, found: list[str]) -> None:
    configure(PAIRWISE_SALT=salt)

    assert ids() == found


@pytest.mark.parametrize("lifetime", [0, -1, 86_401])
def test_an_id_token_lives_for_a_day_at_most(configure: Callable[..., None], lifetime: int) -> None:
    configure(ID_TOKEN_LIFETIME=lifetime)

    assert ids() == ["oauthcore.E007"]


@pytest.mark.django_db
def test_an_application_that_nobody_can_sign_in_to_is_found(configure: Callable[..., None]) -> None:
    def found() -> list[str]:
        return [one.id for one in check_pairwise_applications(databases=["default"])]

    configure(PAIRWISE_SALT="s" * 32)
    register(subject_type="pairwise")
    assert found() == []
    configure(PAIRWISE_SALT="")
    assert found() == ["oauthcore.W093"]
    assert check_pairwise_applications(databases=[]) == []
    configure(OPENID_CONNECT=False)
    assert found() == []


@pytest.mark.django_db
def test_before_the_migrations_nothing_is_found(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])
    configure(PAIRWISE_SALT="")

    assert check_pairwise_applications(databases=["default"]) == []
