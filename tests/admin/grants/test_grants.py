"""Grants in the admin: read, found, and ended with a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import Device, Grant, SecurityEvent, Token, Usage
from tests.support.admin.tokens import in_days, said
from tests.support.factories import UserFactory, bearer, device_session, open_grant, register, service_token
from tests.support.oauth import is_live
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory
from tests.support.secrets import parse, random_of

pytestmark = pytest.mark.django_db

GRANTS = "/admin/oauthcore/grant/"
YES = {"confirmed": "yes", "reason": "Lost phone"}


def address(grant, act="change"):
    return f"{GRANTS}{grant.pk}/{act}/"


def end_together(browser, *grants, **fields):
    chosen = {"action": "end_selected", "_selected_action": [one.pk for one in grants]}
    return browser.post(GRANTS, chosen | fields, follow=True)


@pytest.fixture
def editor(staff):
    return staff("view_grant", "change_grant")


@pytest.fixture
def grace(db):
    return UserFactory(username="grace")


def listed(browser, **query):
    return {str(one.pk) for one in browser.get(GRANTS, query).context["cl"].result_list}


def test_the_list_shows_who_has_let_in_what_and_when_it_was_used(editor, grace):
    grant = open_grant(user=grace, scopes=["read", "api.images.read"])
    device_session(grace, label="Pixel 9")
    Usage.objects.create(
        grant=grant, day=timezone.now().date(), count=3, last_at=timezone.now(), last_address="203.0.113.7"
    )

    words = text_of(editor.get(GRANTS))

    for word in ("Photo Printer", "Pixel 9", "grace", "api.images.read", "from 203.0.113.7", "Live"):
        assert word in words


def test_service_tokens_are_not_among_them(editor):
    service_token(AccountFactory().uuid)

    assert listed(editor) == set()
    assert editor.get(address(Grant.objects.get()))["Location"] == "/admin/"


@pytest.mark.parametrize("query", ["grace", "Photo Pri", "client_id", "uuid"])
def test_a_grant_is_found_by_person_application_and_uuid(editor, grace, query):
    grant = open_grant(user=grace)
    open_grant(application=register(name="Other").application)
    known = {"client_id": grant.application.client_id, "uuid": str(grant.uuid)}

    assert listed(editor, q=known.get(query, query)) == {str(grant.pk)}


def test_the_list_can_be_narrowed_by_end_and_kind(editor, grace):
    standing = open_grant(user=grace, expires_at=in_days(2))
    expired = open_grant(user=grace, created_at=in_days(-9), expires_at=in_days(-1))
    ended = open_grant(user=grace, revoked_at=timezone.now())
    device = device_session(grace)
    itself = Grant.standing(register().application)

    assert listed(editor, end="none") == {str(one.pk) for one in (standing, device, itself)}
    assert listed(editor, end="expired") == {str(expired.pk)}
    assert listed(editor, end="ended") == {str(ended.pk)}
    assert listed(editor, kind="session") == {str(device.pk)}
    assert listed(editor, kind="client") == {str(itself.pk)}
    assert len(listed(editor, kind="service", end="odd")) == 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda grant: grant.user.set_password("another"), "has another password"),
        (lambda grant: setattr(grant.user, "is_active", False), "The person is inactive"),
        (lambda grant: setattr(grant.application, "is_suspended", True), "The application is turned off"),
    ],
)
def test_a_grant_that_is_not_live_though_nobody_ended_it_says_why(editor, change, words):
    grant = open_grant()
    change(grant)
    grant.user.save()
    grant.application.save()

    assert words in text_of(editor.get(GRANTS))


def test_the_page_of_a_grant_says_all_of_it_in_words(editor, grace):
    account = AccountFactory(name="Blue Door Studio")
    grant = open_grant(user=grace, account_uuid=account.uuid, scopes=["api.images.read"])

    words = text_of(editor.get(address(grant)))

    for word in ("Blue Door Studio", "Read images, sets, keywords and facets", str(grant.uuid), "grace"):
        assert word in words
    assert "role in the account" in text_of(editor.get(address(device_session(grace))))


def test_the_page_of_a_device_says_what_its_app_said_and_whence_it_signed_in(editor, grace):
    phone, unknown = device_session(grace), device_session(grace)
    uuid = uuid4()
    Device.objects.filter(grant=phone).update(app_version="2.1.0", client_uuid=uuid)
    Device.objects.filter(grant=unknown).delete()

    words = text_of(editor.get(address(phone)))

    for word in ("Platform: ios", "Version of the app: 2.1.0", f"given by the app: {uuid}", "192.0.2.7"):
        assert word in words
    assert "Platform: Unknown" in text_of(editor.get(address(unknown)))
    assert "Platform:" not in text_of(editor.get(address(open_grant(user=grace))))


def test_a_device_is_found_by_what_is_known_of_it(editor, grace):
    phone, tablet = device_session(grace), device_session(grace, label="Tablet")
    uuid = uuid4()
    Device.objects.filter(grant=phone).update(client_uuid=uuid)
    Device.objects.filter(grant=tablet).update(platform="android", address="203.0.113.9")

    assert listed(editor, q=str(uuid)) == {str(phone.pk)}
    assert listed(editor, q="android") == listed(editor, q="203.0.113.9") == {str(tablet.pk)}
    assert listed(editor, q="203.0.113") == set()


def test_a_device_that_did_not_refresh_for_too_long_is_not_live(editor, grace):
    session = device_session(grace)
    assert "has not refreshed" not in text_of(editor.get(GRANTS))

    Token.objects.filter(grant=session).update(turned_at=in_days(-90))

    assert "The device has not refreshed for too long" in text_of(editor.get(GRANTS))


def test_ending_asks_first_and_then_ends_all_tokens_in_one_event(editor):
    token = bearer()
    grant = Grant.objects.get()

    assert "End this grant?" in text_of(editor.get(address(grant, "end")))
    assert is_live(token)
    assert "1 grant was ended" in said(editor.post(address(grant, "end"), YES, follow=True))

    assert not is_live(token)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.reason, event.user_ref, event.grant_uuid) == (
        "revoked",
        "by staff: Lost phone",
        str(editor.user.pk),
        grant.uuid,
    )
    assert "by staff: Lost phone" in text_of(editor.get(address(grant)))
    assert "Nothing was changed" in said(editor.post(address(grant, "end"), YES, follow=True))


def test_a_long_reason_is_kept_whole_in_the_event(editor):
    grant = open_grant()

    editor.post(address(grant, "end"), YES | {"reason": "x" * 150})

    assert SecurityEvent.objects.get().reason == f"by staff: {'x' * 150}"


def test_several_are_ended_together_after_a_page_that_says_how_many(editor):
    grants = [open_grant() for _number in range(3)]

    assert "End these 2 grants?" in text_of(end_together(editor, *grants[:2]))
    assert "2 grants were ended" in said(end_together(editor, *grants[:2], **YES))
    assert list(Grant.objects.filter(revoked_at=None)) == grants[2:]
    assert SecurityEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("rights", "may_view", "may_end"),
    [
        ((), False, False),
        (("view_grant",), True, False),
        (("change_grant",), True, True),
        (("add_grant", "delete_grant"), False, False),
        (("view_servicetoken", "change_servicetoken", "view_application"), False, False),
    ],
)
def test_every_act_needs_its_own_permission(staff, rights, may_view, may_end):
    browser, grant = staff(*rights), open_grant()

    for path in (GRANTS, address(grant), address(grant, "history")):
        assert (browser.get(path).status_code == 200) == may_view
    for answer in (
        browser.get(address(grant, "end")),
        browser.post(GRANTS, {"action": "end_selected", "_selected_action": grant.pk}),
    ):
        assert answer.status_code == (200 if may_end else 403)
    for path in (f"{GRANTS}add/", address(grant), address(grant, "delete")):
        assert browser.post(path, {"post": "yes", "label": "x"}).status_code == 403
    end_together(browser, grant, action="delete_selected", post="yes")
    assert Grant.objects.filter(revoked_at=None).count() == 1


def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff):
    browser, grant = staff("view_grant", "change_grant", is_staff=False), open_grant()

    for path in (GRANTS, address(grant), address(grant, "end")):
        assert browser.post(path, YES).status_code == 302
    assert Grant.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize("lookup", ["password_mark", "password_mark__startswith", "tokens__digest"])
def test_no_digest_can_be_guessed_at_through_the_address_of_the_list(editor, lookup):
    assert editor.get("/admin/oauthcore/grant/", {lookup: "a"}).status_code == 400


def test_no_page_holds_a_token_a_digest_or_a_password_mark(editor):
    text = bearer()
    grant = Grant.objects.get()
    secret = parse(text)
    assert grant.password_mark is not None
    hidden = [random_of(secret), secret.digest.hex(), grant.password_mark.hex(), str(grant.password_mark)]

    for path in (GRANTS, address(grant), address(grant, "history"), address(grant, "end")):
        html = editor.get(path).content.decode()
        assert [one for one in hidden if one in html] == [], path


def test_a_hundred_grants_cost_as_many_statements_as_one(editor, django_assert_max_num_queries):
    for number in range(100):
        grant = open_grant() if number % 2 else device_session(UserFactory())
        Usage.objects.create(grant=grant, day=timezone.now().date(), count=1, last_at=timezone.now())

    with django_assert_max_num_queries(9):
        assert len(listed(editor)) == 50
