"""Second factors in the admin: read, and switched off for who has lost theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.second_factor.challenges import ask_for_second_factor
from oauthcore.models import MFAChallenge, Passkey, RecoveryCode, SecurityEvent, TOTPFactor
from oauthcore.recording import events
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.admin.tokens import said
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db

FACTORS = "/admin/oauthcore/totpfactor/"
YES = {"confirmed": "yes", "reason": "Lost phone and codes"}


def address(factor: TOTPFactor, act: str = "change") -> str:
    return f"{FACTORS}{factor.pk}/{act}/"


def enrolled(user: Any, *codes: str) -> TOTPFactor:
    TOTPFactor.prepare(user, now=timezone.now())
    factor = TOTPFactor.objects.get(user=user)
    factor.confirm(1, now=timezone.now())
    factor.replace_recovery_codes(map(HiddenText, codes or ["abcdefghijkmnpqr", "bbbbbbbbbbbbbbbb"]))
    Passkey.objects.create(user=user, name="Blue key", digest=digest_of(str(user.pk)), credential=b"canary")
    return TOTPFactor.objects.get(user=user)


def switch_off(browser: Client, *factors: TOTPFactor, **fields: Any) -> Any:
    chosen = {"action": "end_selected", "_selected_action": [one.pk for one in factors]}
    return browser.post(FACTORS, chosen | fields, follow=True)


@pytest.fixture
def grace(db: None) -> Any:
    return UserFactory(username="grace")


@pytest.fixture
def factor(grace: Any) -> TOTPFactor:
    return enrolled(grace)


@pytest.fixture
def helper(staff: Any) -> Client:
    """Staff who may switch second factors off."""
    client: Client = staff("switch_off_totpfactor")
    return client


def test_staff_see_whose_factor_is_on_and_what_they_could_get_in_with(staff, factor):
    TOTPFactor.prepare(UserFactory(username="waiting"), now=timezone.now())
    factor.use_recovery_code(HiddenText("bbbbbbbbbbbbbbbb"), now=timezone.now())
    browser = staff("view_totpfactor")

    [row] = browser.get(FACTORS).context["cl"].result_list
    assert (row, row.unused_codes, row.passkey_count) == (factor, 1, 1)
    for path in (FACTORS, address(factor)):
        assert "grace" in text_of(browser.get(path))
    assert "waiting" not in text_of(browser.get(FACTORS))
    assert [len(browser.get(FACTORS, {"q": q}).context["cl"].result_list) for q in ("grace", "x9")] == [1, 0]


def test_who_has_lost_everything_is_let_in_by_the_password_again(helper, factor, grace):
    asked = ask_for_second_factor(grace, MFAChallenge.Channel.APP)
    assert asked is not None

    assert "Switch this second factor off?" in text_of(helper.get(address(factor, "end")))
    assert TOTPFactor.objects.exists()
    page = helper.post(address(factor, "end"), YES, follow=True)

    assert "1 second factor was switched off" in said(page)
    left = [model.objects.count() for model in (TOTPFactor, RecoveryCode, Passkey)]
    assert left == [0, 0, 0]
    assert MFAChallenge.objects.get().obstacle(timezone.now()) is not None
    body = {"login": "grace", "password": PASSWORD, "device": {"name": "Phone", "platform": "ios"}}
    answer = Client().post("/v1/auth/sign_in", body, content_type="application/json")
    assert "refresh_token" in answer.json()


def test_the_one_event_names_the_person_and_who_of_staff_did_it(helper, factor, grace, staff):
    helper.post(address(factor, "end"), YES)

    event = SecurityEvent.objects.get()
    assert (event.kind, event.user_ref, event.person_ref, event.reason) == (
        "second_factor_off",
        str(helper.user.pk),
        str(grace.pk),
        "by staff: Lost phone and codes",
    )
    browser, path = staff("view_securityevent"), "/admin/oauthcore/securityevent/"
    for query in ("grace", helper.user.get_username()):
        page = browser.get(path, {"q": query})
        assert list(page.context["cl"].result_list) == [event]
        assert "for grace" in text_of(page)
    assert "grace" in text_of(browser.get(f"{path}{event.pk}/change/"))


def test_no_page_holds_the_seed_a_digest_or_a_credential(helper, factor):
    digests = [bytes(one.digest) for one in (*RecoveryCode.objects.all(), *Passkey.objects.all())]
    hidden = [
        bytes(factor.seed).decode(),
        "canary",
        *(form(one) for one in digests for form in (bytes.hex, str)),
    ]

    for path in (FACTORS, address(factor), address(factor, "history"), address(factor, "end")):
        html = helper.get(path).content.decode()
        assert [one for one in hidden if one in html] == [], path


@pytest.mark.parametrize(
    "lookup", ["seed", "seed__startswith", "recovery_codes__digest", "user__password__startswith"]
)
def test_nothing_secret_can_be_guessed_at_through_the_address_of_the_list(helper, lookup):
    assert helper.get(FACTORS, {lookup: "a"}).status_code == 400


def test_nobody_is_rid_of_their_own_factor_without_a_fresh_proof(helper, factor):
    own = enrolled(helper.user)

    assert "it is your own" in said(helper.post(address(own, "end"), YES, follow=True))
    assert "1 second factor was switched off" in said(switch_off(helper, own, factor, **YES))
    assert TOTPFactor.objects.get() == own


def test_a_reason_is_asked_for(helper, factor):
    for reason in ("", " "):
        assert helper.post(address(factor, "end"), YES | {"reason": reason}).status_code == 200
    assert TOTPFactor.objects.exists()


@pytest.mark.parametrize(
    ("rights", "may_view", "may_switch_off"),
    [
        ((), False, False),
        (("view_totpfactor",), True, False),
        (("change_totpfactor",), True, False),
        (("switch_off_totpfactor",), True, True),
        (("add_totpfactor", "delete_totpfactor"), False, False),
        (("view_grant", "change_grant"), False, False),
    ],
)
def test_every_act_needs_its_own_permission(staff, factor, rights, may_view, may_switch_off):
    browser, before = staff(*rights), TOTPFactor.objects.values().get()

    for path in (FACTORS, address(factor), address(factor, "history")):
        assert (browser.get(path).status_code == 200) == may_view
    for answer in (
        browser.get(address(factor, "end")),
        browser.post(FACTORS, {"action": "end_selected", "_selected_action": factor.pk}),
    ):
        assert answer.status_code == (200 if may_switch_off else 403)
    for path in (f"{FACTORS}add/", address(factor), address(factor, "delete")):
        assert browser.post(path, {"post": "yes", "last_step": 0}).status_code == 403
    switch_off(browser, factor, action="delete_selected", post="yes")
    assert TOTPFactor.objects.values().get() == before


def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff, factor):
    browser = staff("view_totpfactor", "switch_off_totpfactor", is_staff=False)

    for path in (FACTORS, address(factor), address(factor, "end")):
        assert browser.post(path, YES).status_code == 302
    assert TOTPFactor.objects.exists()


def test_a_hundred_factors_cost_as_many_statements_as_one(helper, django_assert_max_num_queries):
    for _number in range(100):
        enrolled(UserFactory())

    with django_assert_max_num_queries(8):
        assert len(helper.get(FACTORS).context["cl"].result_list) == 50


def test_a_sign_in_that_was_refused_is_found_by_the_person_whose_login_was_tried(staff, grace):
    for login in ("grace", "nobody"):
        body = {"login": login, "password": "guessed", "device": {"name": "Phone", "platform": "ios"}}
        Client().post("/v1/auth/sign_in", body, content_type="application/json")
    events.refusals.flush()

    browser = staff("view_securityevent")
    found = browser.get("/admin/oauthcore/securityevent/", {"q": "grace", "kind__exact": "sign_in_refused"})
    assert [one.user_ref for one in found.context["cl"].result_list] == [str(grace.pk)]
