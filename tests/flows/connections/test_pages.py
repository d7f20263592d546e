"""Applications with access to a person are found page by page, however many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.connections.connections import connections_of
from oauthcore.models import Application, Consent, Grant, Usage
from tests.support.factories import UserFactory, bearer, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada() -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def many(ada: Any) -> list[int]:
    """A hundred and twenty applications that ada has allowed; half of them were used, some time ago."""
    for number in range(120):
        application = register(name=f"Application {number}").application
        Consent.objects.create(user=ada, application=application, scopes=["read"])
        if number < 60:
            bearer(user=ada, application=application)
            at = timezone.now() - timedelta(hours=number + 1)
            Usage.objects.create(grant=Grant.objects.latest("pk"), day=at.date(), last_at=at)
    return list(Application.objects.order_by("pk").values_list("pk", flat=True))


def test_every_application_stands_on_one_page_in_the_order_of_its_last_use(ada: Any, many: list[int]) -> None:
    pages = [connections_of(ada, now=timezone.now(), page=number) for number in (1, 2, 3)]

    assert [(len(one.applications), one.count, one.page, one.pages) for one in pages] == [
        (50, 120, 1, 3),
        (50, 120, 2, 3),
        (20, 120, 3, 3),
    ]
    listed = [one.application.pk for page in pages for one in page.applications]
    assert listed == [*reversed(many[60:]), *many[:60]]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (4, 3), (10**9, 3)])
@pytest.mark.usefixtures("many")
def test_a_page_that_there_is_not_is_the_nearest(ada: Any, asked: int, given: int) -> None:
    assert connections_of(ada, now=timezone.now(), page=asked).page == given


@pytest.mark.usefixtures("many")
def test_deleted_applications_take_no_place_on_a_page(ada: Any) -> None:
    Application.objects.update(deleted_at=timezone.now())

    found = connections_of(ada, now=timezone.now())

    assert (found.applications, found.count, found.pages) == ((), 0, 1)
