"""Pages, docstrings, comments and templates are written in plain English."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest

from tests.support.markdown import EVERYTHING, ROOT, sentences, without_code

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

every_page = pytest.mark.parametrize("page", EVERYTHING)
#: Metaphors, and names of things that have another one: the terms are in docs/glossary.md.
NOT_OUR_WORDS = re.compile(
    r"\b(?:doors?|faces?|foot|feet|spines?|habits?|whoever|API tokens?)\b", re.IGNORECASE
)


@every_page
def test_a_page_speaks_in_plain_words(page):
    assert NOT_OUR_WORDS.findall(without_code(EVERYTHING[page])) == []


@every_page
def test_the_sentences_of_a_page_have_18_words_at_most_on_average(page):
    lengths = [len(sentence.split()) for sentence in sentences(EVERYTHING[page])]

    assert sum(lengths) / len(lengths) <= 18


#: Inversions that have to be read twice.
INVERSIONS = re.compile(r"\bnobody who\b|\bnobody's\b|\bas good as\b|\bwhat was sent is no\b", re.IGNORECASE)
CODE = [path for path in (ROOT / "oauthcore").rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = list((ROOT / "oauthcore/templates").rglob("*.*"))


def _prose(path: Path) -> str:
    """The comments and longer texts of a module: docstrings, messages; or the whole of a template."""
    if path.suffix != ".py":
        return path.read_text()
    with path.open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if " " in token.string.strip()]
    return "\n".join(token.string for token in tokens if token.type in (tokenize.COMMENT, tokenize.STRING))


@pytest.mark.parametrize("paths", [CODE, TEMPLATES], ids=["docstrings and comments", "templates"])
def test_the_code_speaks_in_plain_words(paths):
    texts = {str(path.relative_to(ROOT)): _prose(path) for path in paths}
    found = {path: NOT_OUR_WORDS.findall(text) + INVERSIONS.findall(text) for path, text in texts.items()}

    column = {"habit", "habits"}
    assert {path: words for path, words in found.items() if set(words) - column} == {}


def test_names_in_the_code_are_plain_words():
    column = {"habit", "habits"}
    for path in CODE:
        with path.open("rb") as file:
            names = {
                token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.NAME
            }
        words = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name) for name in sorted(names))
        assert {word.lower() for word in NOT_OUR_WORDS.findall(words)} <= column, path
