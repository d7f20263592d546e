"""Hidden texts: whatever shows one by accident shows nothing of it; only ``reveal`` opens it."""

from __future__ import annotations

import copy
import json
import pickle
import pprint
from dataclasses import dataclass

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.utils.encoders import JSONEncoder

from oauthcore.rules.text.hidden_text import ClearText, HiddenText

CANARY = "canary"
HIDDEN = HiddenText(CANARY)


@dataclass(frozen=True)
class Holder:
    it: HiddenText


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        ascii,
        format,
        pprint.pformat,
        "{}".format,
        "{0!r}".format,
        "%s".__mod__,
        "%r".__mod__,
        lambda it: f"{it}",
        lambda it: repr([it]) + str({"it": it}) + repr(Holder(it)),
    ],
)
def test_nothing_that_writes_it_shows_it(show):
    assert CANARY not in show(HIDDEN)
    assert "***" in show(HIDDEN)


def test_it_has_no_attribute_that_a_report_would_list():
    assert not hasattr(HIDDEN, "__dict__")
    with pytest.raises(TypeError):
        vars(HIDDEN)


@pytest.mark.parametrize(
    "hand_on",
    [
        json.dumps,
        lambda it: json.dumps({"it": it}, cls=DjangoJSONEncoder),
        lambda it: json.dumps({"it": it}, cls=JSONEncoder),
        pickle.dumps,
        lambda it: pickle.dumps(Holder(it), protocol=0),
        copy.copy,
        copy.deepcopy,
        "".join,
        lambda it: "" + it,
        lambda it: it[0],
        iter,
        hash,
        bytes,
    ],
)
def test_it_is_neither_stored_nor_sent_nor_joined_to_a_text_by_accident(hand_on):
    with pytest.raises(TypeError) as refused:
        hand_on(HIDDEN)
    assert CANARY not in str(refused.value)


def test_how_it_begins_may_be_asked():
    assert HIDDEN.startswith("can")
    assert not HIDDEN.startswith("eyJ")


def test_it_is_opened_explicitly():
    assert HIDDEN.reveal() == CANARY


@given(st.text(st.characters()), st.text(st.characters()))
def test_two_are_equal_when_their_texts_are(one, other):
    assert (HiddenText(one) == HiddenText(other)) is (one == other)
    assert HiddenText(one) == HiddenText(one)


def test_it_is_compared_in_constant_time(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "oauthcore.rules.text.hidden_text.hmac.compare_digest", lambda *both: bool(asked.append(both))
    )

    assert HiddenText(CANARY) != HIDDEN
    assert asked == [(CANARY.encode(), CANARY.encode())]


def test_it_equals_no_plain_text():
    assert HIDDEN != CANARY
    assert CANARY != HIDDEN


def test_an_empty_one_is_false_and_its_length_may_be_known():
    assert not HiddenText("")
    assert HIDDEN
    assert len(HIDDEN) == len(CANARY)


def test_one_that_was_opened_for_a_library_still_hides_itself_from_reports():
    opened = HIDDEN.reveal()

    assert isinstance(opened, ClearText)
    assert CANARY not in repr(opened) + pprint.pformat({"password": opened}) + f"{[opened]}"
    assert opened == CANARY
    assert f"{opened}" == json.loads(json.dumps(opened)) == CANARY
