"""Typing the code of a device: what is read, what a link does, and how often somebody may guess."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from oauthcore.models import LimitWindow
from oauthcore.recording import events
from oauthcore.rules.oauth import user_codes
from tests.support.devices.television import PAGE, Television, Viewer, problem_on
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("about what a page reads and shows; the races of devices run on PostgreSQL"),
]

WRONG = "BBBB-BBBB"


@pytest.mark.rfc("8628", "3.3")
def test_people_log_in_first_and_come_back_with_the_code_that_the_link_has():
    answer = Client().get(PAGE, {"user_code": "WDJB-MJHT"})

    assert answer["Location"] == f"/login?next={quote(f'{PAGE}?user_code=WDJB-MJHT')}"


@pytest.mark.rfc("8628", "3.3.1")
def test_a_link_fills_the_code_in_and_does_nothing_else(television, viewer):
    page = viewer.open(user_code=television.user_code)

    assert f'value="{television.user_code}"' in page.content.decode()
    assert "transaction" not in page.context
    assert "Living Room" not in text_of(page)
    assert television.error() == "authorization_pending"


def test_a_link_tells_nobody_whether_a_code_is_known(viewer):
    television = Television()
    television.begin()

    known, unknown = (text_of(viewer.open(user_code=one)) for one in (television.user_code, WRONG))

    assert known == unknown


@pytest.mark.parametrize("filled", ["<script>", "WDJB", "AEIO-UAEI", "x" * 3000, ""])
def test_what_cannot_be_a_code_is_not_repeated(filled, viewer):
    page = viewer.open(user_code=filled)

    assert page.status_code == 200
    assert 'value=""' in page.content.decode()


@pytest.mark.rfc("8628", "6.1")
@pytest.mark.parametrize(
    "written",
    [
        lambda code: code,
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", "\N{EN DASH}"),
        lambda code: f"  {code}\r\n",
        " ".join,
        lambda code: f"“{code}”",
        lambda code: "".join(chr(ord(one) + 0xFEE0) for one in code if one != "-"),  # full-width letters
    ],
)
def test_a_code_is_read_however_it_was_typed_or_pasted(written, television, viewer):
    page = viewer.type(written(television.user_code))

    assert page.context["user_code"] == television.user_code


@pytest.mark.parametrize(
    "typed", ["", "WDJB", "WDJB-MJH", "WDJB-MJHTT", "AEIO-UAEI", "1234-5678", "B" * 3000]
)
def test_what_cannot_be_a_code_is_said_and_not_counted(typed, viewer):
    page = viewer.type(typed)

    assert page.status_code == 400
    assert "eight letters" in problem_on(page)
    assert not LimitWindow.objects.exists()


def test_a_code_that_nobody_waits_for_is_said_and_kept_to_be_mended(viewer):
    page = viewer.type(WRONG.lower())

    assert page.status_code == 400
    assert "No device waits for this code" in problem_on(page)
    assert f'value="{WRONG}"' in page.content.decode()


def test_a_wrong_code_is_a_refusal_that_staff_can_see(viewer):
    viewer.type(WRONG)
    events.refusals.flush()

    (seen,) = events.SecurityEvent.objects.filter(kind="request_refused")
    assert seen.reason.startswith("invalid_request: no device waits")
    assert seen.address == "203.0.113.9"


@pytest.mark.rfc("8628", "5.1")
def test_a_person_guesses_ten_times_and_then_not_even_the_right_code_is_looked_at(television, viewer, clock):
    for _ in range(10):
        assert viewer.type(WRONG).status_code == 400
    viewer.browser.defaults["REMOTE_ADDR"] = "203.0.113.77"

    page = viewer.type(television.user_code)

    assert page.status_code == 429
    assert int(page["Retry-After"]) <= 600
    assert "Too many tries" in problem_on(page)
    assert Viewer().type(television.user_code).status_code == 200, "another person is not paused"
    clock.shift(599)
    assert viewer.type(television.user_code).status_code == 429


@pytest.mark.rfc("8628", "5.1")
def test_an_address_guesses_with_codes_and_passwords_together(television, clock):
    for _ in range(4):
        somebody = Viewer()
        for _ in range(5):
            somebody.type(WRONG)

    assert Viewer().type(television.user_code).status_code == 429
    assert Viewer(address="203.0.113.10").type(television.user_code).status_code == 200
    password = {"username": "x", "password": "y"}
    assert Client(REMOTE_ADDR="203.0.113.9").post("/login", password).status_code == 429


@pytest.mark.rfc("8628", "5.1")
def test_all_people_together_guess_so_often_and_no_more(television, clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "USER_CODE_TOTAL_LIMIT": (12, 600)}
    for number in range(6):
        somebody = Viewer(address=f"203.0.113.{100 + number}")
        for _ in range(2):
            somebody.type(WRONG)

    assert Viewer(address="203.0.113.200").type(television.user_code).status_code == 429


def test_right_codes_fill_no_limit(television, viewer):
    for _ in range(25):
        assert viewer.type(television.user_code).status_code == 200


def test_codes_are_made_of_letters_that_are_read_again():
    code = user_codes.make()

    assert user_codes.parse(user_codes.shown(code)) == code
