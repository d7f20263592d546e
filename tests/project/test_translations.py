"""The translations are complete, say what the English texts say, and are compiled."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from gettext import GNUTranslations

import pytest
from babel.messages.catalog import Message

from tests.support.translations import (
    CATALOGUES,
    DJANGO,
    MARKS,
    OURS,
    PLURAL_FORMS,
    ROOT,
    Catalogue,
    Text,
    called,
    calls_of_marks,
    compiled,
    is_complete,
    marked_in_code,
    marked_in_template,
    mo_of,
    texts_of_django,
)

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

PACKAGE = ROOT / "oauthcore"
#: It translates the sentences of rules, which are marked where they are made, and Django's units of sizes.
NAMED_ELSEWHERE = {PACKAGE / "languages.py"}
BOTH = [(place, language) for place in CATALOGUES for language in PLURAL_FORMS]
#: The forms of a plural that stand for one number alone (in French for 0 and 1).
FORMS_FOR_ONE_NUMBER = {"ar": {0, 1, 2}, "de": {0}, "es": {0}, "fr": {0}, "ja": set[int]()}
#: The values that are counted.
COUNTED = ["count", "counter", "most", "number", "more", "days", "minutes", "sessions", "tries"]
NUMBERS = {f"%({name})s" for name in COUNTED}
HOW_MANY_FORMS = {"ar": 6, "de": 2, "es": 2, "fr": 2, "ja": 1}

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"<[^>]+>")


def messages(place: str, language: str) -> Iterator[Message]:
    yield from (one for one in CATALOGUES[place].read(language) if one.id)


def said(message: Message, language: str) -> list[tuple[str, set[str], set[str]]]:
    """Return each form of the translation, with the values it has to say and those it may say.

    A form for one number alone need not say the number.
    """
    if isinstance(message.id, str):
        return [(str(message.string), values(message.id), values(message.id))]
    one, several = map(values, message.id)
    alone = FORMS_FOR_ONE_NUMBER[language]
    return [
        (form, (one & several) - NUMBERS if number in alone else several, one | several)
        for number, form in enumerate(message.string)
    ]


def values(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[1])


def says_all(call: ast.Call) -> bool:
    """Return whether the call of a mark has its context and its texts written out."""
    marked = call.args[: len(MARKS[called(call)])]
    return bool(marked) and all(isinstance(one, ast.Constant) for one in marked)


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_the_files_hold_exactly_the_texts_that_are_marked_in_code_and_templates(
    place: str, language: str
) -> None:
    catalogue = CATALOGUES[place]

    written = {(one.id, one.context) for one in messages(place, language)}

    assert written == {(text.id, text.context) for text in catalogue.texts()}, "make messages"
    assert not catalogue.read(language).obsolete


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_every_text_is_translated_and_none_waits_for_a_look(place: str, language: str) -> None:
    forms = HOW_MANY_FORMS[language]

    assert [one.id for one in messages(place, language) if not is_complete(one, forms)] == []


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_every_text_has_as_many_forms_as_the_language(place: str, language: str) -> None:
    forms = HOW_MANY_FORMS[language]

    plurals = [one for one in messages(place, language) if isinstance(one.id, tuple)]

    assert CATALOGUES[place].read(language).num_plurals == forms
    assert [one.id for one in plurals if len(one.string) != forms] == []


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_placeholders_and_tags_are_kept_in_every_form(place: str, language: str) -> None:
    lost = [
        form
        for message in messages(place, language)
        for form, needed, known in said(message, language)
        if not needed <= values(form) <= known or tags(form) != tags(english(message))
    ]

    assert lost == []


def tags(text: str) -> Counter[str]:
    return Counter(TAG.findall(text))


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_spaces_and_line_breaks_at_the_ends_are_kept(place: str, language: str) -> None:
    ends = re.compile(r"^\s*|\s*$")

    assert [
        form
        for message in messages(place, language)
        for form, *_ in said(message, language)
        if ends.findall(english(message)) != ends.findall(form)
    ] == []


@pytest.mark.parametrize(("place", "language"), BOTH)
def test_the_compiled_files_are_fresh(place: str, language: str) -> None:
    catalogue = CATALOGUES[place]
    path = catalogue.path(language, ".mo")

    assert compiled(path.read_bytes()) == compiled(mo_of(catalogue.read(language))), "make messages"
    with path.open("rb") as file:
        assert (
            GNUTranslations(file).info()["plural-forms"].split(";")[0]
            == f"nplurals={HOW_MANY_FORMS[language]}"
        )


def test_no_text_of_ours_stands_in_the_place_of_one_of_djangos() -> None:
    ours = {text.text for text in OURS.texts() if text.context is None}

    assert ours & texts_of_django(in_admin=True) == set(), "give it a context (pgettext)"


@pytest.mark.parametrize("language", PLURAL_FORMS)
def test_django_has_translated_the_texts_that_are_left_to_it(language: str) -> None:
    known: set[str] = set()
    for app in ("conf", "contrib/auth", "contrib/admin"):
        with (DJANGO / app / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
            known |= {key if isinstance(key, str) else key[0] for key in GNUTranslations(file)._catalog}  # type: ignore[attr-defined]
    marked = set(Catalogue(OURS.folder, OURS.sources, leaves_django=False).texts())

    left = {text.text for text in marked - set(OURS.texts())}

    assert left - known == set()


def test_each_text_that_is_translated_is_written_out_where_it_is_marked() -> None:
    """A text in a variable would be translated when the program runs, and no translator would get it."""
    calls = [
        call
        for path in PACKAGE.rglob("*.py")
        if path not in NAMED_ELSEWHERE
        for call in calls_of_marks(path.read_text(), str(path))
    ]

    assert len(calls) > 900
    assert [ast.unparse(call) for call in calls if not says_all(call)] == []


@pytest.mark.parametrize("name", ["wire/networks", "wire/https_urls", "jose/public_keys"])
def test_what_a_rule_says_on_pages_is_a_sentence_for_translators(name: str) -> None:
    tree = ast.parse((PACKAGE / "rules" / f"{name}.py").read_text())
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None]

    said = [ast.unparse(call.args[0]) for call in raised if isinstance(call, ast.Call)]

    assert said
    assert [words for words in said if not words.startswith(("Sentence(", "_IS_PRIVATE"))] == []


def test_no_template_translates_a_variable() -> None:
    of_a_variable = re.compile(r"""\{%\s*trans(?:late)?\s+[^"'\s]""")

    templates = [one for one in PACKAGE.rglob("*") if one.suffix in (".html", ".txt")]

    assert templates
    assert [one for one in templates if of_a_variable.search(one.read_text())] == []


def test_every_way_to_mark_a_text_is_found() -> None:
    code = """[
        _("one" " text"), gettext_lazy("lazy"), translation.gettext("by name"), gettext(variable),
        ngettext("a thing", "things", 2), pgettext("month", "May"), f"in {_('braces')}"
    ]"""
    template = """
        {% load i18n %}{# _("a comment") #}{% translate "one" %}{% translate 'May' context 'month' %}
        {{ _("a value") }}
        {% include "x.html" with words=_("of a tag (in brackets)") %} _("literally")
        {% blocktranslate trimmed with a=b %}
          Hello <b>{{ a }}</b>, 100% “you”
        {% endblocktranslate %}
        {% blocktranslate count n=n %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}
    """

    assert set(marked_in_code(code)) == {
        *map(Text, ("one text", "lazy", "by name", "braces")),
        Text("a thing", "things"),
        Text("May", context="month"),
    }
    assert set(marked_in_template(template)) == {
        *map(Text, ("one", "a value", "of a tag (in brackets)", "Hello <b>%(a)s</b>, 100%% “you”")),
        Text("%(n)s thing", "%(n)s things"),
        Text("May", context="month"),
    }
