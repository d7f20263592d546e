"""Signing keys in the admin: staff read which are published; nobody reads or changes a private one."""

from __future__ import annotations

import pytest
from django.utils import timezone

from oauthcore.flows.keys.rotation import rotate
from oauthcore.models import SigningKey
from tests.support.pages.reading import text_of
from tests.support.signing import make_keys

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about what a page shows"),
]

LIST = "/admin/oauthcore/signingkey/"


@pytest.fixture
def reader(staff, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    make_keys()
    rotate(now=timezone.now(), is_urgent=True)
    return staff("view_signingkey")


def test_the_list_says_which_key_signs(reader):
    said = text_of(reader.get(LIST))

    for key in SigningKey.objects.all():
        assert f"{key.kid} {key.algorithm}" in said
    assert [word in said for word in ("Next", "Current", "Retired")] == [True] * 3


def test_the_page_of_a_key_shows_its_public_part_alone(reader):
    key = SigningKey.objects.get(state="current", algorithm="ES256")
    page = reader.get(f"{LIST}{key.pk}/change/")

    assert "Signing key 2" in text_of(page)
    assert "ES256" in text_of(page)
    assert key.public["x"] in page.content.decode()
    assert bytes(key.private or b"").decode() not in page.content.decode()


def test_the_list_can_be_filtered_by_algorithm(reader):
    said = text_of(reader.get(LIST, {"algorithm": "RS256"}))

    for key in SigningKey.objects.all():
        assert (key.kid in said) is (key.algorithm == "RS256")


def test_a_key_is_found_by_the_kid_of_a_token(reader):
    key = SigningKey.objects.get(state="current", algorithm="RS256")

    assert text_of(reader.get(LIST, {"q": key.kid})).count("Current") >= 1
    assert key.kid not in text_of(reader.get(LIST, {"q": "another"})).replace("another", "")


@pytest.mark.parametrize("permission", ["change_signingkey", "delete_signingkey", "add_signingkey"])
def test_nobody_changes_adds_or_deletes_one(staff, permission):
    make_keys()
    key = SigningKey.objects.first()
    assert key is not None
    client = staff("view_signingkey", permission)

    assert client.post(f"{LIST}{key.pk}/change/", {"state": "retired"}).status_code == 403
    assert client.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}add/", {}).status_code == 403
    assert client.get(f"{LIST}?private__startswith=a").status_code in (302, 400)
