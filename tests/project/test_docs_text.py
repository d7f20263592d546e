"""What the documentation says in passing: names that exist, links that lead somewhere, examples that work."""

from __future__ import annotations

import ast
import inspect
import re
import tokenize
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.core.management import get_commands
from rest_framework import settings as drf_settings

from oauthcore.accounts import AccountBackend, NamesAccounts
from oauthcore.conf import Settings
from oauthcore.rules.tokens.secrets import SecretFormat, SecretKind
from tests.support.documentation import ENVIRONMENT
from tests.support.dotted_names import CHECK, DOTTED, permissions, resolve
from tests.support.markdown import (
    EVERYTHING,
    PAGES,
    ROOT,
    anchors,
    code_blocks,
    links,
    section,
    sentences,
    without_code,
)

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

every_page = pytest.mark.parametrize("page", EVERYTHING)
#: Names in capitals that are settings of databases, members of a request, or the test run's own.
OTHER_NAMES = {
    "ASGI_APPLICATION",
    "ATOMIC_REQUESTS",
    "CONN_MAX_AGE",
    "CONN_HEALTH_CHECKS",
    "REMOTE_ADDR",
    "SCRIPT_NAME",
}
OTHER_NAMES |= {"CORS_ALLOW_CREDENTIALS", "FORWARDED_ALLOW_IPS"}
OTHER_NAMES |= {"OAUTHCORE_CHROMIUM", "OAUTHCORE_TEST_DATABASE_URL", "OAUTHCORE_TEST_REDIS_URL"}
OTHER_NAMES |= {"SSL_CERT_FILE"}


@every_page
def test_modules_classes_and_functions_that_a_page_speaks_of_exist(page):
    found = set(DOTTED.findall(EVERYTHING[page]))

    for name in found - permissions() - {one for one in found if CHECK.fullmatch(one)}:
        resolve(name)


@every_page
def test_tests_that_a_page_names_exist(page):
    for path, name in re.findall(r"`(tests/[\w/.]+?)(?:::(\w+))?`", EVERYTHING[page]):
        assert (ROOT / path).exists(), path
        assert not name or re.search(
            rf"^ *(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE
        ), name


def test_each_promise_names_the_tests_that_prove_it():
    promises = re.split(r"(?m)^### \d+\. .*$", section(PAGES["security.md"], "What is promised"))[1:]

    assert len(promises) == 14
    assert all(re.search(r"`tests/[\w/]+/test_\w+\.py(?:::\w+)?`", promise) for promise in promises)


@every_page
def test_settings_that_a_page_speaks_of_exist(page):
    known = {one.name for one in fields(Settings)} | set(dir(global_settings)) | ENVIRONMENT
    known |= set(drf_settings.DEFAULTS) | OTHER_NAMES

    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`", EVERYTHING[page]))
    named |= set(re.findall(r'OAUTHCORE\["(\w+)"\]', EVERYTHING[page]))

    assert named - known == set()


@every_page
def test_properties_of_the_theme_that_a_page_speaks_of_exist(page):
    theme = (ROOT / "oauthcore/static/oauthcore/theme.css").read_text()

    assert {
        name for name in re.findall(r"--oauthcore-[\w-]+", EVERYTHING[page]) if f"{name}:" not in theme
    } == set()


@every_page
def test_links_lead_somewhere(page):
    for target in links(EVERYTHING[page]):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page

        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text()), target


def test_the_index_leads_to_every_page():
    assert set(links(PAGES["README.md"])) - {"../README.md"} == set(PAGES) - {"README.md"}


@every_page
def test_make_targets_that_a_page_speaks_of_exist(page):
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(r"(?m)(?:^ *|`)make ([a-z]+)", EVERYTHING[page]):
        assert re.search(rf"(?m)^{target}:", makefile), target


@every_page
def test_commands_that_a_page_speaks_of_exist(page):
    named = set(re.findall(r"manage\.py (\w+)", EVERYTHING[page]))

    assert named - set(get_commands()) == set()


#: Numbers of things that are not in the project: sections of a contract, cases of a list, issues.
FOREIGN_NUMBERS = re.compile(
    r"contract(?:\.md|'?s? (?:§|section))|security(?:\.md)?[`']* D?\d|\bcases? \d|\bissues? #?\d",
    re.IGNORECASE,
)


def cited_in() -> dict[str, str]:
    """Return every file that may cite something, by its path."""
    paths = [
        path
        for folder in ("oauthcore", "reference_site", "tests", "benchmarks", "docs", "requirements")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".md", ".in", ".css", ".js"}
    ]
    paths += [
        path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".py"} or path.name == "Makefile"
    ]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def test_code_tests_and_pages_cite_the_wire_page_an_rfc_or_a_promise_and_no_other_paper():
    cited = {path: FOREIGN_NUMBERS.findall(text) for path, text in cited_in().items()}

    assert {path: found for path, found in cited.items() if found} == {}


def test_sections_of_the_wire_page_that_are_cited_exist():
    sections = set(re.findall(r"(?m)^## (\d+)\. ", PAGES["wire.md"]))

    for path, text in cited_in().items():
        assert set(re.findall(r"[Ww]ire §(\d+)", text)) <= sections, path


@every_page
def test_python_examples_are_python(page):
    for block in code_blocks(EVERYTHING[page], "python"):
        ast.parse(block)


def test_the_example_of_an_account_backend_has_every_method_as_the_protocol_has_it():
    (backend,) = (
        node
        for block in code_blocks(PAGES["accounts.md"], "python")
        for node in ast.parse(block).body
        if isinstance(node, ast.ClassDef) and node.name == "TeamBackend"
    )
    written = {
        one.name: [argument.arg for argument in (*one.args.args, *one.args.kwonlyargs)]
        for one in backend.body
        if isinstance(one, ast.FunctionDef)
    }

    assert written == {
        name: list(inspect.signature(method).parameters)
        for name, method in (vars(AccountBackend) | vars(NamesAccounts)).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


@pytest.mark.parametrize("kind", SecretKind)
def test_the_expression_for_scanners_finds_every_kind_of_secret(kind):
    (expression,) = code_blocks(PAGES["tokens.md"], "regex")
    text = SecretFormat("example", "live").make(kind).reveal()

    assert re.findall(expression.strip(), f'password = "{text}"') == [text]
    assert re.findall(expression.strip(), f'password = "{text[:-1]}"') == []


@pytest.mark.parametrize("kind", SecretKind)
def test_the_example_tells_a_genuine_secret_from_a_mistyped_one(kind):
    example: dict[str, Any] = {}
    exec(code_blocks(PAGES["tokens.md"], "python")[0], example)
    text = SecretFormat("example", "live").make(kind).reveal()

    assert example["is_genuine"](text)
    assert not example["is_genuine"](text.replace("example", "exemple"))


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
