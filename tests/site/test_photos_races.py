"""Requests at the same instant: the database decides, and nobody gets a 500.

Real threads, real PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from reference_site.photos.models import Keyword, SetMember
from tests.support.reference_site.factories import ImageFactory, ImageSetFactory, token_for

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def _at_once(*calls: Callable[[], int]) -> list[int]:
    """Make all calls start together, each in a thread with a connection of its own; return their statuses."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], int]) -> int:
        barrier.wait(10)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_keyword_made_by_many_at_once_is_one_keyword(account, client_with):
    client = client_with(token_for(account))
    images = [ImageFactory(account=account) for _ in range(8)]

    def add(image, word):
        return lambda: client.post(f"/v1/images/{image.uuid}/keywords", {"keyword": word}).status_code

    for n in range(ROUNDS):
        assert set(_at_once(*[add(image, f"word {n}") for image in images])) == {200}
        assert Keyword.objects.get(folded=f"word {n}").images.count() == 8


def test_two_orders_of_one_set_at_once_end_in_one_of_them(account, client_with):
    client = client_with(token_for(account))
    images = [ImageFactory(account=account) for _ in range(6)]
    image_set = ImageSetFactory(account=account, members=images)
    orders = [[str(image.uuid) for image in images], [str(image.uuid) for image in reversed(images)]]

    def arrange(order):
        url = f"/v1/sets/{image_set.uuid}"
        return lambda: client.patch(url, {"images": order}, format="json").status_code

    for _ in range(ROUNDS):
        assert _at_once(*map(arrange, orders * 2)) == [200] * 4
        members = SetMember.objects.filter(set=image_set).order_by("position")
        assert [str(member.image.uuid) for member in members] in orders


def test_an_image_deleted_while_it_is_put_into_a_set_is_in_it_or_not_found(account, client_with):
    client = client_with(token_for(account))
    image_set = ImageSetFactory(account=account)

    for _ in range(ROUNDS):
        image = ImageFactory(account=account)
        arranged, deleted = _at_once(
            lambda uuid=str(image.uuid): (
                client.patch(f"/v1/sets/{image_set.uuid}", {"images": [uuid]}, format="json").status_code
            ),
            lambda uuid=str(image.uuid): client.delete(f"/v1/images/{uuid}").status_code,
        )
        assert (arranged in {200, 404}, deleted) == (True, 204)
        assert not SetMember.objects.filter(image=image.pk).exists()


def test_an_image_deleted_twice_at_once_is_deleted_once(account, client_with):
    client = client_with(token_for(account))

    for _ in range(ROUNDS):
        url = f"/v1/images/{ImageFactory(account=account, keywords=['sea']).uuid}"
        assert sorted(_at_once(*[lambda url=url: client.delete(url).status_code] * 4)) == [204, 404, 404, 404]
