from __future__ import annotations

import pytest

from reference_site.photos.models import Keyword
from tests.support.reference_site.factories import AccountFactory, ImageFactory, ImageSetFactory

pytestmark = pytest.mark.django_db


def _names(answer):
    return [keyword["name"] for keyword in answer.json()["keywords"]]


def test_put_replaces_all_keywords_and_knows_one_in_any_case(account, api):
    image = ImageFactory(account=account, keywords=["Beach", "old"])

    answer = api.put(
        f"/v1/images/{image.uuid}/keywords", {"keywords": ["BEACH", " blue   sky ", "beach"]}, format="json"
    )

    assert _names(answer) == ["Beach", "blue sky"]
    assert Keyword.objects.filter(folded="beach").count() == 1


def test_one_keyword_is_added_and_taken_off_again(account, api):
    image = ImageFactory(account=account, keywords=["sea"])

    added = api.post(f"/v1/images/{image.uuid}/keywords", {"keyword": "Sky"})
    sky = next(one["id"] for one in added.json()["keywords"] if one["name"] == "Sky")

    assert _names(added) == ["sea", "Sky"]
    assert api.delete(f"/v1/images/{image.uuid}/keywords/{sky}").status_code == 204
    assert api.delete(f"/v1/images/{image.uuid}/keywords/{sky}").status_code == 404
    assert [one["name"] for one in api.get(f"/v1/images/{image.uuid}").json()["keywords"]] == ["sea"]


@pytest.mark.parametrize("digits", [19, 30, 5000])
def test_a_number_that_no_keyword_has_is_not_found_however_long(account, api, digits):
    image = ImageFactory(account=account)

    answers = [
        api.delete(f"/v1/images/{image.uuid}/keywords/{'9' * digits}"),
        api.patch(f"/v1/keywords/{'9' * digits}", {"name": "sea"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_new_name_shows_on_every_image(account, api):
    images = [ImageFactory(account=account, keywords=["sea"]) for _ in range(2)]
    keyword = images[0].keywords.get()

    answer = api.patch(f"/v1/keywords/{keyword.pk}", {"name": "Ocean"})

    assert answer.json() == {"id": keyword.pk, "name": "Ocean"}
    assert {image.keywords.get().name for image in images} == {"Ocean"}
    assert len(api.get("/v1/images?keyword=ocean").json()["images"]) == 2


def test_a_name_that_another_keyword_has_is_refused(account, api):
    image = ImageFactory(account=account, keywords=["sea", "sky"])
    ImageFactory(account=AccountFactory(), keywords=["lake"])
    sea = image.keywords.get(folded="sea")

    taken = api.patch(f"/v1/keywords/{sea.pk}", {"name": "SKY"})

    assert (taken.status_code, taken.json()["error_details"]) == (
        400,
        {"name": "Another keyword has this name."},
    )
    assert api.patch(f"/v1/keywords/{sea.pk}", {"name": "SEA"}).json()["name"] == "SEA"
    assert api.patch(f"/v1/keywords/{sea.pk}", {"name": "lake"}).status_code == 200


def test_an_id_larger_than_any_key_is_nowhere(api):
    assert api.patch(f"/v1/keywords/{10**30}", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    "names", [[""], [" "], ["x" * 101], ["a\x07b"], [5], [None], "sea", [["sea"]], {"a": 1}]
)
def test_what_is_no_keyword_is_refused(names, account, api):
    image = ImageFactory(account=account, keywords=["sea"])

    answer = api.put(f"/v1/images/{image.uuid}/keywords", {"keywords": names}, format="json")

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, ["keywords"])
    assert image.keywords.count() == 1


def test_an_image_has_a_hundred_keywords_at_most(account, api):
    image = ImageFactory(account=account, keywords=[f"k{n}" for n in range(100)])

    assert api.post(f"/v1/images/{image.uuid}/keywords", {"keyword": "one more"}).status_code == 400
    assert api.post(f"/v1/images/{image.uuid}/keywords", {"keyword": "K5"}).status_code == 200
    assert image.keywords.count() == 100


def test_the_list_is_by_name_with_counts_and_pages(account, api):
    ImageFactory(account=account, keywords=["sky", "Über", "sea"])
    ImageFactory(account=account, keywords=["sky"])
    ImageFactory(account=AccountFactory(), keywords=["elsewhere"])

    first = api.get("/v1/keywords?limit=2").json()
    second = api.get(first["next"]).json()

    assert [(one["name"], one["images"]) for one in first["keywords"] + second["keywords"]] == [
        ("sea", 1),
        ("sky", 2),
        ("Über", 1),
    ]
    assert "next" not in second


def test_facets_count_by_keyword_rating_and_set(account, api):
    both = ImageFactory(account=account, keywords=["sea", "sky"], rating=5)
    ImageFactory(account=account, keywords=["sky"])
    ImageFactory(account=AccountFactory(), keywords=["sky"], rating=5)
    image_set = ImageSetFactory(account=account, members=[both])

    facets = api.get("/v1/facets").json()

    assert facets["total"] == 2
    assert [(one["name"], one["count"]) for one in facets["keywords"]] == [("sky", 2), ("sea", 1)]
    assert {one["rating"]: one["count"] for one in facets["ratings"]} == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 1}
    assert facets["sets"] == [{"uuid": str(image_set.uuid), "name": image_set.name, "count": 1}]
    assert api.get("/v1/facets?keyword=sea").json()["total"] == 1


def test_facets_cost_five_queries(account, api, django_assert_num_queries):
    for _ in range(3):
        ImageFactory(account=account, keywords=["sea", "sky"])

    with django_assert_num_queries(5):  # token, account, ratings, keywords, sets
        api.get("/v1/facets")
