"""Parameters: known ones once, empty ones not at all, unknown ones passed over."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.parameters import Parameters, as_boolean, collect, from_json, parse_urlencoded

KNOWN = frozenset(["client_id", "state", "scope"])

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
pairs = st.lists(st.tuples(st.sampled_from([*KNOWN, "foo", "bar", "State", ""]), texts), max_size=8)


@pytest.mark.rfc("6749", "3.1")
@given(pairs)
def test_a_known_parameter_counts_when_it_came_once_and_not_empty(sent):
    parameters = collect(sent, KNOWN)

    for name in KNOWN:
        values = [value for sent_name, value in sent if sent_name == name]
        assert parameters.get(name) == (values[0] if len(values) == 1 and values[0] else None)
        assert (name in parameters.repeated) is (len(values) > 1)


@given(pairs)
def test_unknown_parameters_leave_no_trace(sent):
    known = [pair for pair in sent if pair[0] in KNOWN]

    assert collect(sent, KNOWN) == collect(known, KNOWN)


@given(pairs)
def test_a_form_and_a_json_object_that_say_the_same_mean_the_same(sent):
    once = dict(sent)

    assert parse_urlencoded(urlencode(sent), KNOWN) == collect(sent, KNOWN)
    assert from_json(once, KNOWN) == parse_urlencoded(urlencode(once), KNOWN)


@pytest.mark.rfc("6749", "3.2")
@pytest.mark.parametrize("text", ["state=a&state=b", "state=a&state=a", "state=&state=a", "state=&state="])
def test_a_known_parameter_that_comes_twice_is_refused_by_name(text):
    parameters = parse_urlencoded(text, KNOWN)

    assert parameters.repeated == {"state"}
    assert parameters.get("state") is None
    with pytest.raises(InvalidRequest, match="The parameter state was sent more than once"):
        parameters.refuse_repeated()


def test_parameters_of_which_none_is_repeated_are_returned_as_they_are():
    parameters = parse_urlencoded("state=a&foo=1&foo=2", KNOWN)

    assert parameters.refuse_repeated() is parameters
    assert parameters.get("state") == "a"


def test_a_parameter_that_is_required_and_missing_is_named():
    assert parse_urlencoded("state=a", KNOWN).require("state") == "a"
    for text in ("", "scope=read", "state="):
        with pytest.raises(InvalidRequest, match="The parameter state is required"):
            parse_urlencoded(text, KNOWN).require("state")


@pytest.mark.parametrize("text", ["state=%00", "state=a%00b", "%00=a", "foo=%00", "sta\x00te=a"])
def test_a_nul_character_anywhere_is_refused(text):
    with pytest.raises(InvalidRequest, match="NUL"):
        parse_urlencoded(text, KNOWN)


@pytest.mark.parametrize("text", ["state=%ff", "state=%c0%af", "state=a%ed%a0%80", "%ff=a", "foo=%ff"])
def test_what_is_not_utf_8_is_refused_and_never_replaced(text):
    with pytest.raises(InvalidRequest, match="UTF-8"):
        parse_urlencoded(text, KNOWN)


def test_a_thousand_parameters_are_read_and_no_more():
    assert parse_urlencoded("state=a" + "&x" * 999, KNOWN).get("state") == "a"
    with pytest.raises(InvalidRequest, match="More than 1000"):
        parse_urlencoded("state=a" + "&x" * 1000, KNOWN)


@given(st.text())
def test_reading_a_form_gives_parameters_or_a_refusal(text):
    try:
        parameters = parse_urlencoded(text, KNOWN)
    except InvalidRequest:
        return
    assert set(parameters.values) <= KNOWN


def test_only_ampersands_separate_parameters():
    assert parse_urlencoded("state=a;scope=b", KNOWN).values == {"state": "a;scope=b"}


@pytest.mark.parametrize(
    ("value", "text"),
    [("read", "read"), (7, "7"), (True, "true"), (False, "false"), (None, None), ("", None), (0, "0")],
)
def test_numbers_and_booleans_of_a_json_object_count_as_their_text(value, text):
    assert from_json({"state": value}, KNOWN).get("state") == text


@pytest.mark.parametrize("value", [["a"], [], {"a": "b"}, {}, 1.5])
def test_a_known_member_that_is_no_text_is_refused_by_name_and_an_unknown_one_passed_over(value):
    with pytest.raises(InvalidRequest, match="The parameter state must be a string"):
        from_json({"state": value}, KNOWN)
    assert from_json({"foo": value, "state": "a"}, KNOWN).values == {"state": "a"}


@pytest.mark.parametrize("document", [[], ["state"], "state", None, 7, True])
def test_json_that_is_no_object_is_refused(document):
    with pytest.raises(InvalidRequest, match="must be an object"):
        from_json(document, KNOWN)


def test_a_nul_character_in_a_json_member_is_refused():
    with pytest.raises(InvalidRequest, match="NUL"):
        from_json({"state": "a\x00"}, KNOWN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("true", "True", "TRUE", "1")),
        *((text, False) for text in ("false", "False", "0", "", None)),
    ],
)
def test_booleans_come_in_any_case(text, value):
    assert as_boolean(text, "force_login") is value


@pytest.mark.parametrize("text", ["yes", "no", "on", "x", "tru", " true", "\uff12", "None", "\u0131"])
def test_anything_else_is_no_boolean(text):
    with pytest.raises(InvalidRequest, match="The parameter force_login must be true or false"):
        as_boolean(text, "force_login")


SEVERAL = frozenset(["redirect_uris"])


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("redirect_uris=a", ("a",)),
        ("redirect_uris=a&redirect_uris=b", ("a", "b")),
        ("redirect_uris[]=a&redirect_uris[]=b", ("a", "b")),
        ("redirect_uris[]=a", ("a",)),
        ("redirect_uris=a%0Ab%0A", ("a", "b")),
        ("redirect_uris=", ()),
        ("redirect_uris[]=", ()),
        ("", ()),
    ],
)
def test_where_several_are_allowed_all_of_them_count_or_each_line_of_the_one(text, items):
    parameters = parse_urlencoded(text, KNOWN, SEVERAL)

    assert parameters.refuse_repeated().items("redirect_uris") == items
    assert parameters.values == {}


@pytest.mark.parametrize(
    "text", ["redirect_uris=a%0Ab&redirect_uris=c", "redirect_uris[]=a%0Ab&redirect_uris[]=c"]
)
def test_an_item_of_several_is_never_split(text):
    assert parse_urlencoded(text, KNOWN, SEVERAL).items("redirect_uris") == ("a\nb", "c")


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (["a", "b"], ("a", "b")),
        (["a\nb"], ("a\nb",)),
        ("a\nb", ("a", "b")),
        ([], ()),
        (None, ()),
        ([None], ()),
    ],
)
def test_where_several_are_allowed_a_json_list_or_text_will_do(value, items):
    assert from_json({"redirect_uris": value}, KNOWN, SEVERAL).items("redirect_uris") == items


@pytest.mark.parametrize("value", [{}, {"a": "b"}, [["a"]], [{}], 1.5])
def test_anything_but_texts_is_refused_by_name_there_too(value):
    with pytest.raises(InvalidRequest, match="The parameter redirect_uris must be a string"):
        from_json({"redirect_uris": value}, KNOWN, SEVERAL)


def test_where_only_one_is_allowed_brackets_make_another_name():
    assert parse_urlencoded("state[]=a&state[]=b", KNOWN, SEVERAL) == parse_urlencoded("", KNOWN, SEVERAL)


def test_parameters_do_not_show_what_was_sent():
    assert "hunter2" not in repr(Parameters({"client_secret": "hunter2"}))


SENT = "code=canary&code_verifier=canary&client_id=a"
READ = {"code", "code_verifier", "client_id"}


def test_a_secret_is_wrapped_as_it_is_read():
    parameters = parse_urlencoded(SENT, READ)

    assert parameters.values == {"client_id": "a"}
    assert parameters.secret("code") == parameters.require_secret("code") == HiddenText("canary")
    assert parameters.secret("token") is None
    assert [parameters.is_sent(name) for name in ("code", "client_id", "token")] == [True, True, False]
    assert "canary" not in repr(vars(parameters))


def test_a_secret_is_not_read_as_a_plain_text_by_mistake():
    parameters = parse_urlencoded(SENT, READ)

    for read in (parameters.get, parameters.require):
        with pytest.raises(LookupError, match="code is secret"):
            read("code")


def test_a_secret_that_is_required_and_missing_is_named_as_any_other():
    parameters = parse_urlencoded("code=&client_id=a", READ)

    parameters.require_sent("client_id")
    for require in (parameters.require_secret, parameters.require_sent):
        with pytest.raises(InvalidRequest, match="The parameter code is required"):
            require("code")


def test_where_nothing_is_secret_a_name_is_only_a_name():
    assert parse_urlencoded(SENT, READ, secret=frozenset()).get("code") == "canary"
