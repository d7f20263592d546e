"""Each kind of security event has a text of its own for the mail, or nobody is told of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oauthcore.flows.notices.texts import TEXTS, UNTOLD
from oauthcore.models import SecurityEvent
from tests.support.factories import UserFactory
from tests.support.notices import sent

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
ROOT = Path(__file__).resolve().parents[3]


def test_each_kind_of_event_has_a_text_or_is_named_among_those_nobody_is_told_of():
    assert UNTOLD | TEXTS.keys() == set(Kind)
    assert UNTOLD.isdisjoint(TEXTS)


def test_no_text_but_that_of_a_replay_stands_for_two_kinds():
    texts = [str(text.plain) for kind, text in TEXTS.items() if kind != Kind.CODE_REPLAYED]

    assert len(set(texts)) == len(texts)


def test_a_kind_that_has_no_text_is_not_told_in_the_words_of_another():
    ada = UserFactory(email="ada@example.org")
    SecurityEvent.objects.create(kind="email_changed", user_ref=str(ada.pk))

    assert sent() == []


@pytest.mark.parametrize("kind", TEXTS)
def test_a_kind_that_has_a_text_is_told_in_these_words(kind):
    ada = UserFactory(email="ada@example.org")
    SecurityEvent.objects.create(kind=kind, user_ref=str(ada.pk))

    (mail,) = sent()
    assert f"- {TEXTS[kind].plain}, " in mail.body


def test_the_guide_names_the_kinds_that_people_are_told_of():
    guide = (ROOT / "docs" / "notices.md").read_text()
    rows = re.search(r"## What a user is told of\n(.*?)\n\n[^|\n]", guide, re.DOTALL)

    assert rows is not None
    assert set(re.findall(r"`(\w+)`", rows[1])) == set(TEXTS)
