"""Lumen Prints, the second site of the demo: a shop that signs people in with the reference site.

Its code imports nothing of oauthcore; it runs in a process of its own.
"""

from __future__ import annotations

import pytest
import requests
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.browser.signing_in import BUTTON, Visitor


def test_a_person_signs_in_with_one_button_and_is_greeted(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.press_button(shop)
    visitor.log_in()
    consent = page.get_by_role("main")
    expect(consent).to_contain_text("Ada Lindqvist")
    expect(consent).to_contain_text(visitor.email)
    visitor.allow()

    visitor.is_greeted()
    assert page.url == f"{shop}/"


def test_a_second_sign_in_asks_no_question(visitor: Visitor, shop: str) -> None:
    visitor.sign_in(shop)
    visitor.page.context.clear_cookies(name="lumen_prints_session")

    visitor.press_button(shop)

    visitor.is_greeted()


def test_after_signing_in_the_person_returns_to_the_print_and_orders_it(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.sign_in(f"{shop}/prints/moonrise")
    page.get_by_label("40 × 60 cm").check()
    page.get_by_role("button", name="Order this print").click()

    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_role("listitem")).to_contain_text("Moonrise over the bay")
    expect(page.get_by_role("main")).to_contain_text(visitor.email)


def test_a_person_who_denies_is_told_so_and_is_not_signed_in(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.press_button(shop)
    visitor.log_in()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    page.goto(shop)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


def test_the_next_sign_in_takes_over_a_changed_name(visitor: Visitor, shop: str, ada: User) -> None:
    visitor.sign_in(shop)
    visitor.page.context.clear_cookies(name="lumen_prints_session")
    User.objects.filter(pk=ada.pk).update(last_name="Byron")

    visitor.press_button(shop)

    expect(visitor.page.get_by_text("Hello Ada Byron")).to_be_visible()


@pytest.mark.parametrize("path", ["callback", "callback?code=x&state=y", "callback?error=server_error"])
def test_an_unrequested_answer_signs_nobody_in(shop: str, path: str) -> None:
    answer = requests.get(f"{shop}/{path}", timeout=20)

    assert (answer.status_code, "Signing in did not work" in answer.text) == (400, True)
    assert not answer.cookies.get("lumen_prints_session")


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"])
def test_the_button_leads_back_to_pages_of_the_shop_only(visitor: Visitor, shop: str, onward: str) -> None:
    page = visitor.page
    page.goto(shop)
    page.eval_on_selector("main [name=next]", "(field, value) => field.value = value", onward)
    page.get_by_role("button", name=BUTTON).click()
    visitor.log_in()
    visitor.allow()

    visitor.is_greeted()
    assert page.url == f"{shop}/"


def test_a_logout_token_that_is_wrong_is_refused(shop: str) -> None:
    answers = [
        requests.post(f"{shop}/backchannel-logout", data=data, timeout=20)
        for data in ({}, {"logout_token": "x"})
    ]

    assert [one.status_code for one in answers] == [400, 400]
    assert all("no-store" in one.headers["Cache-Control"] for one in answers)


@in_every_look
def test_no_page_has_a_barrier_that_axe_knows_or_scrolls_sideways(
    visitor: Visitor, shop: str, look: Look
) -> None:
    page = visitor.page
    look.put_on(page)
    assert _walk(page, shop, ["", "prints/forest", "account", "logged-out", "callback"]) == []
    visitor.sign_in(f"{shop}/prints/forest")
    page.get_by_role("button", name="Order this print").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()

    assert _walk(page, shop, ["", "prints/forest", "account"]) == []


def _walk(page: Page, shop: str, paths: list[str]) -> list[str]:
    """Open pages of the shop, and return the barriers on them."""
    found = []
    for path in paths:
        page.goto(f"{shop}/{path}")
        found += [f"{path}: {one}" for one in barriers(page, page.get_by_role("heading", level=1))]
    return found
