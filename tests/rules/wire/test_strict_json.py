"""Strict JSON: read as anybody reads it, or refused; whatever was sent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.wire.strict_json import loads

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
# What looks like JSON and mostly is not quite.
almost = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ":", ",", '"a"', '"', "\\", "\\u0000", "\\ud800", "\\udc00", "1", "-"]
    )
    | st.sampled_from(
        ["0", ".5", "e9", "1e999", "NaN", "-Infinity", "null", "true", " ", "\n", "\ufeff", "é"]
    )
).map("".join)


@pytest.mark.rfc("8259", "9")
@given(documents, st.booleans(), st.sampled_from([None, 2]))
def test_good_json_is_read_as_anybody_reads_it(document, ascii_only, indent):
    body = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()

    assert loads(body) == json.loads(body) == document


@given(st.binary() | st.text().map(str.encode) | almost.map(str.encode))
@example(b"1e999")
@example(b"-1e999")
@example(b'{"a": {"b": 1, "b": 2}}')
@example(b'"\\ud83d\\ude00"')
@example(b'"\\"["')
@example(b'["\\\\", "]"]')
def test_any_bytes_are_read_as_anybody_reads_them_or_refused(body):
    try:
        document = loads(body)
    except InvalidRequest:
        return
    assert document == json.loads(body)
    json.dumps(document, allow_nan=False).encode()


# What means something in a string, or would beside one.
escapes = st.lists(
    st.sampled_from(["\\\\", '\\"', "\\n", "\\u0041", "\\u0000", "\\ud83d", "\\uDE00", "\\uDBff", "\\udc00"])
    | st.sampled_from(["u0000", "ud83d", "0", "[", "{", "]", "1" * 101, "1e999", "NaN", "é"])
).map("".join)


@given(escapes, escapes)
@example("\\ud83d\\ude00\\ud83d", "")
@example("\\ud83d\\\\\\ude00", "")
@example("\\\\ud83d", "\\\\u0000")
@example("\\ud83d", "\\ude00")
def test_strings_are_read_as_anybody_reads_them_but_for_nul_and_half_pairs(one, other):
    body = f'{{"{one}": ["{other}", "{one}"]}}'.encode()
    document = json.loads(body)
    ((name, held),) = document.items()

    if re.search("[\0\ud800-\udfff]", "|".join([name, *held])):
        with pytest.raises(InvalidRequest, match="NUL character or half of a surrogate pair"):
            loads(body)
    else:
        assert loads(body) == document


@given(st.lists(st.sampled_from(["[", '{"a":']), min_size=1, max_size=40), st.integers(0, 40), texts)
def test_every_level_counts_and_no_more_than_32_are_read(openings, siblings, text):
    inner = json.dumps([text] * siblings)
    body = "".join(openings) + inner + "".join("]" if one == "[" else "}" for one in reversed(openings))

    if len(openings) + 1 > 32:
        with pytest.raises(InvalidRequest, match="nested deeper than 32"):
            loads(body.encode())
    else:
        assert loads(body.encode()) == json.loads(body)


@given(almost)
def test_what_is_refused_is_refused_without_repeating_it(text):
    with pytest.raises(InvalidRequest) as refused:
        loads(f'{{"hunter2": {text}, "hunter2": 1}}'.encode())

    assert "hunter2" not in refused.value.description


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("times", [33, 50_000, 100_000])
def test_deep_nesting_is_refused_however_deep(opening, times):
    with pytest.raises(InvalidRequest, match="nested deeper than 32"):
        loads((opening * times).encode())


def test_deep_nesting_is_refused_wherever_it_is():
    deep = "[" * 50_000 + "]" * 50_000

    for body in (deep, f'["\\\\", {deep}]', f'{{"a\\"": [{"[]," * 99}{deep}]}}', f'["", 1, "[", {deep}]'):
        with pytest.raises(InvalidRequest, match="nested deeper than 32"):
            loads(body.encode())


def test_32_levels_are_read_and_siblings_are_not_levels():
    assert loads(b"[" * 32 + b"]" * 32) is not None
    assert loads(b"[" + b"[],{}," * 100 + b"1]")[-1] == 1


@pytest.mark.parametrize("text", ["[" * 40, '\\"' + "[" * 40, "\\\\" * 3 + "{" * 40])
def test_brackets_in_a_string_are_no_levels(text):
    assert loads(f'["{text}"]'.encode()) == json.loads(f'["{text}"]')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff", "UTF-8"),
        (b'"\xc0\xaf"', "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "not valid JSON"),
        ('{"a": 1}'.encode("utf-8-sig"), "not valid JSON"),
        (b"", "not valid JSON"),
        (b" ", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'{"a": 1} {}', "not valid JSON"),
        (b'{"a": 1}, 2', "not valid JSON"),
        (b'{"a": 1}\x00', "not valid JSON"),
        (b"]" * 40 + b"[" * 40, "not valid JSON"),
        (b'["a', "not valid JSON"),
        (b'["a\\', "not valid JSON"),
        (b'"a\nb"', "not valid JSON"),
        (b'"a\x00b"', "not valid JSON"),
        (b'"\x1f"', "not valid JSON"),
        (b'"\\x41"', "not valid JSON"),
        (b'"\\u00"', "not valid JSON"),
        (b'"\\U0000"', "not valid JSON"),
        (b"01", "not valid JSON"),
        (b"\xd9\xa3", "not valid JSON"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "NaN"),
        (b'{"a": -Infinity}', "NaN"),
        (b"1" * 101, "digits"),
        (b"9" * 5000, "digits"),
        (b"9" * 100_000, "digits"),
        (b'["\\"", -' + b"1" * 100 + b"]", "digits"),
        (b'{"a": 1e' + b"0" * 100 + b"}", "digits"),
        (b"1." + b"0" * 99, "digits"),
        (b"1e999", "too large"),
        (b"[-1e400]", "too large"),
        (b'{"e": 1E+999}', "too large"),
        (b'{"a": 1, "a": 1}', "more than once"),
        (b'{"a": 1, "\\u0061": 2}', "more than once"),
        (b'[{"b": {"a": 1, "a": 1}}]', "more than once"),
        (b'"\\u0000"', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'[{"a": ["x\\u0000"]}]', "NUL"),
        (b'"\\ud800"', "surrogate"),
        (b'"\\udc00\\ud800"', "surrogate"),
        (b'"\\uD83D"', "surrogate"),
        (b'"\\uDBFF-\\uDFFF"', "surrogate"),
        (b'"\\\\\\ud800"', "surrogate"),
        (b'{"a\\udfff": 1}', "surrogate"),
    ],
)
def test_json_that_could_hurt_is_refused_and_told_why(body, words):
    with pytest.raises(InvalidRequest, match=words):
        loads(body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"[]", []),
        (b"null", None),
        (b'"text"', "text"),
        (b"1" * 100, int("1" * 100)),
        (b"1e308", 1e308),
        (b"-0.5e-3", -0.0005),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'"\\uD83D\\uDE00"', "\N{GRINNING FACE}"),
        (b'"\\\\u0000\\\\ud800"', r"\u0000\ud800"),
        (b'["' + b"1" * 101 + b'", "1e999", "NaN"]', ["1" * 101, "1e999", "NaN"]),
        (b'"\x7f"', "\x7f"),
        (b' {"a": [{"b": null}]} ', {"a": [{"b": None}]}),
    ],
)
def test_odd_but_good_json_is_read(body, document: Any):
    assert loads(body) == document
