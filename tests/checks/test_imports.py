"""The checks of imported tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.checks.imports import check_imported_tokens, check_imports, check_simplejwt
from oauthcore.models import Import
from tests.support.imported import accepts

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("checks read a row of each package")]

NOW = timezone.now()


def found(settings: Any, *sources: str) -> list[tuple[str, str]]:
    accepts(settings, *sources)
    return [(one.id or "", one.msg) for one in (*check_imported_tokens(), *check_imports(["default"]))]


def test_an_unknown_package_is_named(settings):
    assert found(settings, "knocks")[0][0] == "oauthcore.E100"


def test_nothing_is_said_while_imported_tokens_are_live(settings):
    Import.objects.create(source="knox", last_ends_at=NOW + timedelta(days=1))
    Import.objects.create(source="authtoken", never_ends=True)

    assert found(settings, "knox", "authtoken") == []


@pytest.mark.parametrize("end", [None, NOW - timedelta(days=1)])
def test_a_package_whose_last_token_has_ended_can_be_switched_off(settings, end):
    Import.objects.create(source="knox", last_ends_at=end)

    ((identifier, text),) = found(settings, "knox")

    assert identifier == "oauthcore.W100"
    assert end is None or f"{end:%Y-%m-%d %H:%M}" in text


@pytest.mark.parametrize("cursor", [None, {"stage": 0, "after": 7}])
def test_a_package_that_nothing_or_not_everything_was_imported_from_is_named(settings, cursor):
    if cursor:
        Import.objects.create(source="knox", cursor=cursor, never_ends=True)

    assert [one for one, _ in found(settings, "knox")] == ["oauthcore.W101"]


def test_live_tokens_that_the_site_refuses_are_named(settings):
    Import.objects.create(source="knox", never_ends=True)

    assert [one for one, _ in found(settings)] == ["oauthcore.W102"]


def test_nothing_is_asked_without_the_database(settings):
    accepts(settings, "knox")

    assert check_imports(None) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"ALGORITHM": "HS1"}, ["SIMPLE_JWT: the algorithm HS1 is not read."]),
        ({"ALGORITHM": "ES256", "VERIFYING_KEY": "none"}, ["SIMPLE_JWT: the key is no key for ES256."]),
    ],
)
def test_settings_of_simplejwt_that_are_not_read_are_found(settings, changed, found):
    settings.SIMPLE_JWT = changed
    assert check_simplejwt() == []

    accepts(settings, "simplejwt")

    assert [(one.id, one.msg) for one in check_simplejwt()] == [("oauthcore.E101", one) for one in found]
