from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from reference_site.photos.models import ImageSet
from tests.support.reference_site.factories import (
    AccountFactory,
    ImageFactory,
    ImageSetFactory,
    token_without_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(account):
    return [ImageFactory(account=account, title=str(n)) for n in range(3)]


def _uuids(images):
    return [str(image.uuid) for image in images]


def test_a_set_is_made_with_members_in_order_and_a_moment_to_go_live(images, api):
    answer = api.post(
        "/v1/sets",
        {"name": "Harbour", "images": _uuids(reversed(images)), "go_live_at": "2030-01-31T13:00:00+01:00"},
        format="json",
    )

    made = answer.json()
    assert answer.status_code == 201
    assert (made["name"], made["go_live_at"]) == ("Harbour", "2030-01-31T12:00:00Z")
    assert made["images"] == _uuids(reversed(images))
    assert api.get(f"/v1/sets/{made['uuid']}").json() == made


def test_members_and_order_are_replaced_as_a_whole(account, images, api):
    image_set = ImageSetFactory(account=account, members=images)

    answer = api.patch(
        f"/v1/sets/{image_set.uuid}", {"images": _uuids([images[2], images[0]])}, format="json"
    )

    assert answer.json()["images"] == _uuids([images[2], images[0]])
    assert answer.json()["name"] == image_set.name


def test_a_member_of_another_account_is_a_404_and_nothing_changes(account, images, api):
    image_set = ImageSetFactory(account=account, members=images, name="as it was")
    foreign = ImageFactory(account=AccountFactory())

    answer = api.patch(
        f"/v1/sets/{image_set.uuid}", {"name": "new", "images": _uuids([images[0], foreign])}, format="json"
    )
    made = api.post("/v1/sets", {"name": "new", "images": _uuids([foreign])}, format="json")

    assert (answer.status_code, made.status_code) == (404, 404)
    assert [one.name for one in ImageSet.objects.all()] == ["as it was"]
    assert image_set.members.count() == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x", "go_live_at": "tomorrow"}, "go_live_at"),
        ({"name": "x", "go_live_at": "2030-01-31T12:00:00"}, "go_live_at"),
        ({"name": "x", "go_live_at": "2030-02-31T12:00:00Z"}, "go_live_at"),
        ({"name": "x", "go_live_at": "0001-01-01T00:00:00+14:00"}, "go_live_at"),
        ({"name": "x", "go_live_at": 1900000000}, "go_live_at"),
        ({"name": "x", "images": ["5"]}, "images"),
        ({"name": "x", "images": [5]}, "images"),
        ({"name": "x", "images": "all"}, "images"),
        ({"name": "x", "images": None}, "images"),
        ({"name": "x", "images": ["00000000-0000-4000-8000-000000000000"] * 2}, "images"),
        ({"name": "x", "images": [f"00000000-0000-4000-8000-{n:012}" for n in range(501)]}, "images"),
        ({"name": "x", "account": "other"}, "account"),
    ],
)
def test_a_fault_makes_no_set_and_names_the_field(body, field, api):
    answer = api.post("/v1/sets", body, format="json")

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, [field])
    assert not ImageSet.objects.exists()


def test_a_deleted_set_leaves_its_images(account, images, api):
    image_set = ImageSetFactory(account=account, members=images)

    assert api.delete(f"/v1/sets/{image_set.uuid}").status_code == 204
    assert len(api.get("/v1/images").json()["images"]) == 3
    assert api.get("/v1/sets").json() == {"sets": []}


def test_the_list_of_sets_costs_the_same_queries_however_long(
    account, images, api, django_assert_num_queries
):
    ImageSetFactory(account=account, members=images)
    with django_assert_num_queries(4):  # token, account, sets, members
        api.get("/v1/sets")
    for _ in range(4):
        ImageSetFactory(account=account, members=images)
    with django_assert_num_queries(4):
        assert len(api.get("/v1/sets").json()["sets"]) == 5


def test_any_live_token_sees_images_of_sets_gone_live_and_no_others(client_with):
    now = timezone.now()
    shown = ImageFactory(account=AccountFactory(), title="live", rating=5, keywords=["secret"])
    later = ImageFactory(account=shown.account, title="later")
    asleep = ImageFactory(account=AccountFactory(suspended_at=now), title="of a suspended account")
    for image, moment in (
        (shown, now - timedelta(1)),
        (later, now + timedelta(1)),
        (later, None),
        (asleep, now),
    ):
        ImageSetFactory(account=image.account, members=[image], go_live_at=moment)
    ImageSetFactory(account=shown.account, members=[shown], go_live_at=datetime(2020, 1, 1, tzinfo=UTC))

    answer = client_with(token_without_account()).get("/v1/public/images")

    assert [image["title"] for image in answer.json()["images"]] == ["live"]
    assert answer.json()["images"][0].keys() & {"rating", "keywords", "filename", "sets"} == set()


def test_public_images_cost_two_queries_for_a_token_without_account(client_with, django_assert_num_queries):
    for _ in range(3):
        image = ImageFactory()
        ImageSetFactory(account=image.account, members=[image], go_live_at=timezone.now())
    client = client_with(token_without_account())

    with django_assert_num_queries(2):  # token, images
        assert len(client.get("/v1/public/images").json()["images"]) == 3


def test_public_images_need_a_token(client, db):
    assert client.get("/v1/public/images").status_code == 401
