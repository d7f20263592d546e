"""Staff change what an application registers about OpenID Connect."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, SecurityEvent
from tests.support.admin.changing import address, save
from tests.support.logging_out import AFTERWARDS, TOLD_AT, register_openid, switch_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the columns are written as all others of the form"),
]


@pytest.fixture
def printer(db: None, settings: Any) -> Application:
    switch_on(settings)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": "a salt for tests, long enough to be one"}
    return register_openid().application


def test_staff_change_the_addresses_and_the_kind_of_subject(editor, printer):
    answer = save(
        editor,
        printer,
        post_logout_redirect_uris=f"{AFTERWARDS}\r\nhttps://client.example/bye",
        backchannel_logout_uri=f"{TOLD_AT}/2",
        id_token_signed_response_alg="ES256",
        subject_type="pairwise",
    )

    assert answer.status_code == 302
    printer.refresh_from_db()
    assert printer.post_logout_redirect_uris == (AFTERWARDS, "https://client.example/bye")
    assert (printer.backchannel_logout_uri, printer.subject_type) == (f"{TOLD_AT}/2", "pairwise")
    assert set(SecurityEvent.objects.get().reason.removeprefix("by staff: ").split(", ")) == {
        *("post_logout_redirect_uris", "backchannel_logout_uri"),
        *("id_token_signed_response_alg", "subject_type"),
    }


def test_saving_without_a_change_keeps_the_lines(editor, printer):
    assert save(editor, printer).status_code == 302

    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"post_logout_redirect_uris": "http://client.example/out"},
        {"backchannel_logout_uri": "http://client.example/told"},
    ],
)
def test_staff_see_what_is_wrong(editor, printer, wrong):
    answer = save(editor, printer, **wrong)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == wrong.keys()


def test_an_application_that_signs_nobody_in_has_no_openid_fields(editor, printer):
    Application.objects.update(scopes=["read"])

    assert "backchannel_logout_uri" not in editor.get(address(printer)).content.decode()


def test_the_sector_is_shown_and_only_the_developer_can_change_it(editor, printer):
    Application.objects.update(sector_identifier_uri="https://client.example/sector")

    page = editor.get(address(printer)).content.decode()
    assert "https://client.example/sector" in page
    assert 'name="sector_identifier_uri"' not in page
