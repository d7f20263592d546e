from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from reference_site.photos.models import Image
from tests.support.reference_site.factories import AccountFactory, ImageFactory, ImageSetFactory, token_for
from tests.support.reference_site.files import stored_files

pytestmark = pytest.mark.django_db


def _titles(answer):
    return [image["title"] for image in answer.json()["images"]]


def test_the_list_shows_the_accounts_images_newest_first(account, api):
    for title in ("first", "second"):
        ImageFactory(account=account, title=title)
    ImageFactory(account=AccountFactory(), title="elsewhere")

    answer = api.get("/v1/images")

    assert (answer.status_code, _titles(answer)) == (200, ["second", "first"])
    assert "next" not in answer.json()


def test_next_leads_through_all_pages_and_is_absent_on_the_last(account, api):
    for n in range(5):
        ImageFactory(account=account, title=str(n), rating=4)

    url, seen = "/v1/images?limit=2&rating=4", []
    while url:
        answer = api.get(url)
        seen.append(_titles(answer))
        url = answer.json().get("next")

    assert seen == [["4", "3"], ["2", "1"], ["0"]]


def test_next_is_an_address_of_the_issuer_whatever_host_was_asked(account, api, settings):
    for _ in range(2):
        ImageFactory(account=account)
    settings.ALLOWED_HOSTS = ["*"]

    following = api.get("/v1/images?limit=1", headers={"Host": "evil.example"}).json()["next"]

    assert following.startswith(settings.OAUTHCORE["ISSUER"] + "/v1/images?")


def test_a_page_costs_the_same_queries_however_many_images_it_shows(account, api, django_assert_num_queries):
    def add(count):
        for _ in range(count):
            ImageSetFactory(account=account, members=[ImageFactory(account=account, keywords=["sea", "sky"])])

    add(1)
    with django_assert_num_queries(5):  # token, account, images, keywords, sets
        assert len(api.get("/v1/images").json()["images"]) == 1
    add(6)
    with django_assert_num_queries(5):
        assert len(api.get("/v1/images").json()["images"]) == 7


def test_images_are_found_by_keyword_in_any_case_by_set_and_by_rating(account, api):
    wanted = ImageFactory(account=account, title="wanted", keywords=["Straße"], rating=5)
    other = ImageFactory(account=account, title="other", keywords=["sea"], rating=1)
    chosen = ImageSetFactory(account=account, members=[wanted])
    ImageSetFactory(account=account, members=[other, wanted])

    assert _titles(api.get("/v1/images?keyword=STRASSE")) == ["wanted"]
    assert _titles(api.get("/v1/images?rating=5")) == ["wanted"]
    assert _titles(api.get(f"/v1/images?set={chosen.uuid}")) == ["wanted"]
    assert _titles(api.get("/v1/images?keyword=sea&rating=5")) == []


def test_an_image_shows_its_fields_and_its_file_in_numbers(account, api):
    image = ImageFactory(account=account, size=(90, 30), kind="PNG", credits=["Ada"], keywords=["sea"])

    shown = api.get(f"/v1/images/{image.uuid}").json()

    assert (shown["width"], shown["height"], shown["media_type"]) == (90, 30, "image/png")
    assert (shown["bytes"], len(shown["sha256"])) == (Path(image.file.path).stat().st_size, 64)
    assert (shown["credits"], shown["crop"], shown["rating"]) == (["Ada"], None, 0)
    assert [one["name"] for one in shown["keywords"]] == ["sea"]
    assert shown["created_at"].endswith("Z")
    assert datetime.fromisoformat(shown["created_at"]) == image.created_at


def test_title_and_caption_can_be_written_and_cleared(account, api):
    image = ImageFactory(account=account, title="old", caption="old")

    answer = api.patch(f"/v1/images/{image.uuid}", {"title": " new ", "caption": ""})

    assert answer.json() == {"uuid": str(image.uuid), "title": "new", "caption": ""}
    assert api.patch(f"/v1/images/{image.uuid}", {"title": None}).json()["title"] == ""


def test_a_form_writes_as_json_does(account, api):
    image = ImageFactory(account=account, size=(80, 60))

    answer = api.patch(
        f"/v1/images/{image.uuid}/metadata",
        "crop.x=1&crop.y=2&crop.width=10&crop.height=20&alt_text=A&credits=Ada&credits=Ben",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.json()["crop"] == {"x": 1, "y": 2, "width": 10, "height": 20}
    assert (answer.json()["alt_text"], answer.json()["credits"]) == ("A", ["Ada", "Ben"])


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("", {"titel": "x"}, {"titel"}),
        ("", {"title": "x", "rating": 5, "evil": 1}, {"rating", "evil"}),
        ("", {"title": 5}, {"title"}),
        ("", {"title": ["x"]}, {"title"}),
        ("", {"title": "x" * 201}, {"title"}),
        ("", {"title": "two\nlines"}, {"title"}),
        ("", ["title"], {"body"}),
        ("", "title", {"body"}),
        ("/metadata", {"crop": {"x": 0, "y": 0, "width": 81, "height": 60}}, {"crop"}),
        ("/metadata", {"crop": {"x": 1, "y": 0, "width": 80, "height": 60}}, {"crop"}),
        ("/metadata", {"crop": {"x": 0, "y": 0, "width": 0, "height": 60}}, {"crop"}),
        ("/metadata", {"crop": {"x": -1, "y": 0, "width": 5, "height": 5}}, {"crop"}),
        ("/metadata", {"crop": {"x": 0, "y": 0}}, {"crop"}),
        ("/metadata", {"crop": {"x": 0, "y": 0, "width": 5, "height": 5, "z": 1}}, {"crop"}),
        ("/metadata", {"crop": {"x": True, "y": 0, "width": 5.5, "height": 10**80}}, {"crop"}),
        ("/metadata", {"crop": []}, {"crop"}),
        ("/metadata", {"crop": "all"}, {"crop"}),
        ("/metadata", {"credits": "Ada"}, {"credits"}),
        ("/metadata", {"credits": {"0": "Ada"}}, {"credits"}),
        ("/metadata", {"credits": [{"name": "Ada"}]}, {"credits"}),
        ("/metadata", {"credits": [""]}, {"credits"}),
        ("/metadata", {"credits": [str(n) for n in range(21)]}, {"credits"}),
    ],
)
def test_a_body_with_a_fault_changes_nothing_and_names_the_field(path, body, fields, account, api):
    image = ImageFactory(account=account, size=(80, 60), title="as it was")

    answer = api.patch(f"/v1/images/{image.uuid}{path}", body, format="json")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert set(answer.json()["error_details"]) == fields
    assert Image.objects.values().get(pk=image.pk) == Image.objects.filter(pk=image.pk).values()[0]
    assert api.get(f"/v1/images/{image.uuid}").json()["title"] == "as it was"


def test_a_fault_is_told_in_words_that_repeat_nothing_of_the_input(account, api):
    image = ImageFactory(account=account)

    answer = api.patch(
        f"/v1/images/{image.uuid}/metadata", {"credits": "<script>"}, headers={"Accept-Language": "de"}
    )

    assert answer.json()["error_details"] == {"credits": "Send a list."}


def test_a_form_field_sent_twice_is_refused(account, api):
    image = ImageFactory(account=account, title="as it was")

    answer = api.patch(
        f"/v1/images/{image.uuid}", "title=a&title=b", content_type="application/x-www-form-urlencoded"
    )

    assert answer.json()["error_details"] == {"title": "Send this once."}


@pytest.mark.parametrize("rating", [0, 5, "3"])
def test_a_rating_from_none_to_five_is_kept(rating, account, api):
    image = ImageFactory(account=account, rating=1)

    answer = api.put(f"/v1/images/{image.uuid}/rating", {"rating": rating})

    assert answer.json() == {"uuid": str(image.uuid), "rating": int(rating)}


@pytest.mark.parametrize("rating", [6, -1, True, 2.5, "٣", "", None, [3], 10**30])
def test_anything_else_is_no_rating(rating, account, api):
    image = ImageFactory(account=account, rating=1)

    answer = api.put(f"/v1/images/{image.uuid}/rating", {"rating": rating}, format="json")

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, ["rating"])
    assert Image.objects.get(pk=image.pk).rating == 1


def test_a_crop_is_kept_until_it_is_cleared(account, api):
    image = ImageFactory(account=account, size=(80, 60))
    crop = {"x": 10, "y": 0, "width": 70, "height": 60}

    assert (
        api.patch(f"/v1/images/{image.uuid}/metadata", {"crop": crop}, format="json").json()["crop"] == crop
    )
    assert api.patch(f"/v1/images/{image.uuid}/metadata", {"alt_text": "A"}).json()["crop"] == crop
    assert (
        api.patch(f"/v1/images/{image.uuid}/metadata", {"crop": None}, format="json").json()["crop"] is None
    )


def test_a_write_shows_no_more_than_it_may_write(account, client_with):
    image = ImageFactory(account=account, title="private", caption="private")
    client = client_with(token_for(account, "api.keywords.write", "api.ratings.write", "api.metadata.write"))

    answers = [
        client.put(f"/v1/images/{image.uuid}/rating", {"rating": 3}),
        client.put(f"/v1/images/{image.uuid}/keywords", {"keywords": ["sea"]}, format="json"),
        client.patch(f"/v1/images/{image.uuid}/metadata", {"alt_text": "A"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any("private" in answer.content.decode() for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_a_deleted_image_takes_its_file_with_it(account, api, media_root):
    image = ImageFactory(account=account, keywords=["sea"])
    ImageSetFactory(account=account, members=[image])
    assert len(stored_files(media_root)) == 1

    answer = api.delete(f"/v1/images/{image.uuid}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert stored_files(media_root) == []
    assert api.get(f"/v1/images/{image.uuid}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_files_of_a_deleted_account_go_too(account, media_root):
    ImageFactory(account=account)

    account.delete()

    assert stored_files(media_root) == []
