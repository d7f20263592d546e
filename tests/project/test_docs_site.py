"""The documentation as a site: complete, nothing from elsewhere, and every link leads somewhere."""

from __future__ import annotations

import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.dispatch import Signal

from docs_site import sources
from docs_site.from_code import GENERATED, errors, settings, urls
from oauthcore import signals
from oauthcore.conf.keys import Keys
from oauthcore.rules.oauth.scopes import Level, ScopeWords
from tests.support.docs_site import ROOT, built_once
from tests.support.documentation import errors_in_code
from tests.support.markdown import PAGES, first_cells, rows

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

#: Attributes that make a browser load something, by element. A link that people follow loads nothing.
LOADING = {"src", "srcset", "data", "poster", "action"}


class Read(HTMLParser):
    """What a page loads, what it links to, which anchors it has, and what is inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        self.loads += [value for name, value in named.items() if name in LOADING]
        self.anchors |= {named["id"]} if "id" in named else set()
        if tag == "link":
            self.loads.append(named["href"])
        elif "href" in named:
            self.links.append(named["href"])
        if tag == "style" or (tag == "script" and "src" not in named):
            self.inline.append(tag)
        self.inline += [name for name in named if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory)


@pytest.fixture(scope="module")
def read(site: Path) -> dict[str, Read]:
    return {page.name: Read(page.read_text()) for page in site.glob("*.html")}


def test_every_page_is_built_without_a_warning(read):
    written = {name.removesuffix(".md") for name in PAGES} - {"README"}
    generated = {name.removesuffix(".md") for name in GENERATED}

    assert {name.removesuffix(".html") for name in read} >= written | generated | {"index", "search"}


def test_a_page_loads_nothing_from_elsewhere(site, read):
    loads = {(name, one) for name, page in read.items() for one in page.loads}

    assert {one for one in loads if re.match(r"\w+:|//", one[1])} == set()
    assert {one for one in loads if not (site / one[1].partition("?")[0].partition("#")[0]).exists()} == set()
    for file in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:\w+:)?//[^)]*", file.read_text()) == [], file.name


def test_nothing_stands_inline_in_a_page(read):
    assert {name: page.inline for name, page in read.items() if page.inline} == {}


def test_a_link_between_the_pages_leads_somewhere(read):
    for name, page in read.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if not re.match(r"\w+:", link):
                assert (target or name) in read, (name, link)
                assert not anchor or anchor in read[target or name].anchors, (name, link)


def test_every_page_stands_in_one_group_of_the_front_page():
    grouped = [
        name for names in sources.groups((ROOT / "docs/README.md").read_text()).values() for name in names
    ]

    assert sorted(grouped) == sorted({*PAGES, *sources.AT_THE_TOP.values()} - {"README.md"})


def test_the_page_of_settings_has_every_key_with_its_type_and_a_sentence():
    made = {row[0].strip("`"): row for row in rows(settings.page())}

    assert set(made) == {one.name for one in fields(Keys)}
    assert all(len(row) == 4 and row[1] and row[3].endswith(".") for row in made.values())


def test_the_page_of_checks_has_every_check_that_is_described():
    assert first_cells(GENERATED["code-checks.md"]()) == first_cells(PAGES["checks.md"])


def test_the_page_of_commands_has_what_each_prints_of_itself():
    page = GENERATED["code-commands.md"]()
    ours = {name for name, app in get_commands().items() if app == "oauthcore"}

    assert set(re.findall(r"(?m)^## `(\w+)`", page)) == ours
    assert set(re.findall(r"(?m)^usage: manage.py (\w+)", page)) == ours


def test_the_page_of_imports_has_every_name_that_a_site_may_import():
    named = {row[0].strip("`") for row in rows(PAGES["public-imports.md"])}

    assert set(re.findall(r"(?m)^### `(.*)`", GENERATED["code-imports.md"]())) == named


def test_the_page_of_signals_has_every_signal():
    actual = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert first_cells(GENERATED["code-signals.md"]()) == actual


def test_the_page_of_errors_has_every_code():
    made = {row[0].strip("`") for row in rows(errors.page())}

    assert made == {kind.error for kind in errors.kinds()}
    assert {code for code, _ in errors_in_code()} >= made


def test_the_page_of_scopes_has_every_member_and_level_in_a_sentence():
    page = GENERATED["code-scopes.md"]()

    assert first_cells(page, "Members") == {one.name for one in fields(ScopeWords)}
    assert first_cells(page, "Levels") == {one.value for one in Level}
    assert all(row[-1] for row in rows(page))


def test_the_page_of_routes_has_every_route_that_is_described():
    made = first_cells(urls.page())
    described = {
        path.strip("`") for _, path, *_ in rows(PAGES["endpoints.md"].partition("\n## The reference")[0])
    }

    assert made >= described - {path for path in described if not path.startswith("/")}
