"""Names read as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.text.names import as_one_line, harmless, is_plain, quoted, reads_like_an_address


@pytest.mark.parametrize(
    "name", ["Tusky", "Фото-стол", "صور", "מצלמה", "写真 📷", "a 👩\u200d🚀 b", "Jürgen's [app]", ""]
)
def test_names_of_any_language_are_plain(name):
    assert is_plain(name)


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\nb", "a\r\nb", "a\tb", "a\x1b[31mb", "a\x7f", "a\u2028b", "a\u0085b", "a\ud800"]
)
def test_control_characters_and_line_breaks_are_not(name):
    assert not is_plain(name)


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_nor_is_what_turns_the_direction_of_text_around(character):
    assert not is_plain(f"gro{character}.elpmaxe")


@pytest.mark.parametrize(
    "name", ["\u200b", "\u00ad\ufeff", "\u3164", "\u2800 \u2800", "\u0301", "\U000e0041", "\u200f"]
)
def test_nor_is_a_name_that_shows_nothing(name):
    assert not is_plain(name)


@given(st.text())
def test_a_plain_name_is_one_line_however_lines_are_told_apart(name):
    assert not is_plain(name) or len(name.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Nightly export, “größer”", "Nightly export, “größer”"),
        ("a\n[CRITICAL] root logged in", r"a\n[CRITICAL] root logged in"),
        ("\x1b[2J\x00\u2028\u202e", r"\x1b[2J\x00\u2028\u202e"),
        ("\ud800", r"\ud800"),
        ("", ""),
    ],
)
def test_what_controls_how_text_is_shown_is_written_out(text, line):
    assert as_one_line(text) == line


@pytest.mark.parametrize(
    "name", ["evil.example", "https://evil", "a@b", "EVIL.EXAMPLE", "x.xn--p1ai", "evil。example", "дом.рф"]
)
def test_a_name_that_a_mail_program_could_make_a_link_of_reads_like_an_address(name):
    assert reads_like_an_address(name)


@pytest.mark.parametrize("name", ["Mr. Smith's iPhone 15.2", "Pixel 9", "Ада…", "v1.2.3", "J.R.", ""])
def test_names_of_devices_as_people_give_them_do_not(name):
    assert not reads_like_an_address(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tusky", "“Tusky”"),
        ("Mr. Smith’s iPhone 15.2", "“Mr. Smith’s iPhone 15.2”"),
        ("Jürgen's [app]", "“Jürgen's app”"),
        ("R&D", "“R&D”"),
        ("<b>Tusky</b>", ""),  # a slash reads like a path
        ("<b>Tusky &#8238; **now**", "“b Tusky now”"),
        ("x” is safe. “y", "“x’ is safe. ’y”"),
        ("a\r\nb", "“a\\r\\nb”"),
        ("W" * 100, f"“{'W' * 60}…”"),
        ("evil.example", ""),
        ("", ""),
        ("[] **", ""),
    ],
)
def test_a_mail_quotes_a_name_without_what_could_lead_away_or_out_of_the_quotes(name, said):
    assert quoted(name) == said


@given(st.text())
def test_no_name_is_more_than_a_short_line_in_a_mail(name):
    said = harmless(name)

    assert len(said) <= 61
    assert len(said.splitlines()) <= 1
    assert not set(said) & set('<>[]{}*_`~|"“”')
    assert not reads_like_an_address(said)
