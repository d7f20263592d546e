"""Initial access tokens in the admin: made as the form says, shown this one time, and revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import InitialAccessToken, SecurityEvent
from tests.support.pages.reading import text_of
from tests.support.registration import initial_access_token, register_itself

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("forms and texts of two pages; flows and races run on PostgreSQL"),
]

LIST = "/admin/oauthcore/initialaccesstoken/"
ADD = f"{LIST}add/"
FORM = {"label": "Partner team", "uses": "3", "days": "30"}


@pytest.fixture
def maker(staff):
    return staff("view_initialaccesstoken", "add_initialaccesstoken", "change_initialaccesstoken")


def add(client, **changes):
    page = client.get(ADD).context["page"]
    return client.post(ADD, {**FORM, "page": page, **changes})


def test_a_token_is_made_as_the_form_says_and_shown_this_one_time(maker):
    shown = add(maker)

    made = InitialAccessToken.objects.get()
    text = shown.context["secret"]
    assert "no-store" in shown["Cache-Control"]
    assert text in text_of(shown)
    assert "https://testserver/oauth/register" in text_of(shown)
    assert (made.label, made.uses, made.made_by) == ("Partner team", 3, maker.user)
    assert timedelta(days=29) < made.expires_at - timezone.now() <= timedelta(days=30)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.user_ref) == ("initial_access_token_made", str(maker.user.pk))
    assert text not in event.reason
    assert register_itself(token=text).status_code == 201
    assert text not in maker.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "1 of 3" in text_of(maker.get(LIST))


def test_pages_use_the_singular_for_one_token_and_the_plural_for_two(maker):
    initial_access_token()
    one = InitialAccessToken.objects.get()
    page, question = (text_of(maker.get(f"{LIST}{one.pk}/{name}/")) for name in ("change", "end"))
    initial_access_token(label="Another")
    chosen = {
        "action": "end_selected",
        "_selected_action": InitialAccessToken.objects.values_list("pk", flat=True),
    }

    assert "Revoke initial access token" in page
    assert "Revoke initial access tokens" not in page + question
    assert "Revoke initial access tokens" in text_of(maker.post(LIST, chosen))


def test_a_form_that_is_sent_again_makes_no_second_token(maker):
    page = maker.get(ADD).context["page"]
    maker.post(ADD, {**FORM, "page": page})

    again = maker.post(ADD, {**FORM, "page": page}, follow=True)

    assert InitialAccessToken.objects.count() == 1
    assert "already sent" in text_of(again)


@pytest.mark.parametrize(
    "changes",
    [
        {"label": ""},
        {"label": "ref_api_initial_" + "x" * 40},
        {"uses": "0"},
        {"uses": "10001"},
        {"days": "0"},
        {"days": "367"},
        {"page": "nonsense"},
    ],
    ids=str,
)
def test_a_form_that_cannot_stand_says_why_and_makes_nothing(changes, maker):
    answer = add(maker, **changes)

    assert answer.context["form"].errors
    assert not InitialAccessToken.objects.exists()


def test_the_form_says_where_registration_is_closed(maker, settings):
    assert "Registration is closed" not in text_of(maker.get(ADD))

    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": ""}
    assert "Registration is closed" in text_of(maker.get(ADD))


def test_one_is_revoked_with_a_reason_and_lets_nobody_in_any_more(maker):
    text = initial_access_token()
    made = InitialAccessToken.objects.get()

    maker.post(f"{LIST}{made.pk}/end/", {"confirmed": "yes", "reason": "sent to the wrong person"})

    assert register_itself(token=text).status_code == 401
    event = SecurityEvent.objects.get(kind="revoked")
    assert event.reason == "initial access token Partner team: sent to the wrong person"
    assert "Revoked" in text_of(maker.get(LIST))
    again = maker.post(f"{LIST}{made.pk}/end/", {"confirmed": "yes", "reason": "x"}, follow=True)
    assert "already revoked" in text_of(again)


def test_several_are_revoked_together(maker):
    initial_access_token(label="One")
    initial_access_token(label="Two")
    chosen = {"action": "end_selected", "_selected_action": [1, 2], "confirmed": "yes", "reason": "over"}
    chosen["_selected_action"] = list(InitialAccessToken.objects.values_list("pk", flat=True))

    maker.post(LIST, chosen)

    assert not InitialAccessToken.objects.filter(revoked_at=None).exists()


def test_the_list_says_how_each_stands_and_finds_by_name(maker):
    initial_access_token(label="Fresh")
    initial_access_token(label="Old")
    initial_access_token(label="Empty")
    InitialAccessToken.objects.filter(label="Old").update(expires_at=timezone.now())
    InitialAccessToken.objects.filter(label="Empty").update(used=1)

    shown = text_of(maker.get(LIST))

    assert all(word in shown for word in ("Works", "Expired", "Used up", "a command"))
    assert "Empty" not in text_of(maker.get(LIST, {"q": "fre"}))


def test_each_act_needs_its_permission(staff):
    initial_access_token()
    viewer, nobody = staff("view_initialaccesstoken"), staff()
    made = InitialAccessToken.objects.get()

    assert viewer.get(LIST).status_code == 200
    assert [nobody.get(LIST).status_code, viewer.get(ADD).status_code] == [403, 403]
    assert viewer.post(f"{LIST}{made.pk}/end/", {"confirmed": "1", "reason": "x"}).status_code == 403
