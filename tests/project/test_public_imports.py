"""``docs/public-imports.md`` names what a site may import: no more and no less than the code offers."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from tests.support.dotted_names import CHECK, DOTTED, labels, permissions, resolve
from tests.support.markdown import PAGES, ROOT, code_blocks, links
from tests.support.public_imports import NAMED, imported

pytestmark = pytest.mark.sqlite_only("no row decides what can be imported")

MODULES = {name.rpartition(".")[0] for name in NAMED} - {"oauthcore", "oauthcore.urls"}
#: Django wants every row in this module, so the page names those that are not internal.
ALL_ROWS = "oauthcore.models"
#: Its default is a class that a site leaves as it is.
DEFAULT_SECOND_FACTOR = "oauthcore.flows.second_factor.codes.TOTPAndRecoveryCodes"

#: What a site reads. The page on the design is about the inside.
GUIDES = {name: text for name, text in PAGES.items() if name not in ("design.md", "public-imports.md")}
GUIDES["README"] = (ROOT / "README.md").read_text()
#: Files of the demo that import internals, because they do what no site should do. Each has its reason.
MADE_UP = {
    "reference_site/demo/devices.py": "signs a person in weeks ago, on devices that never sent a request",
    "reference_site/demo/history.py": "counts and refuses requests of past days, and approves without a page",
    "reference_site/demo/partners.py": "makes an initial access token anew, which staff make in the admin",
    "reference_site/demo/report.py": "prints a seed that everybody knows, as an authenticator takes it",
    "reference_site/demo/second_factors.py": "switches a factor on with a seed that everybody knows",
    "reference_site/demo/service_tokens.py": "revives tokens that were revoked, and lets one expire",
}
REFERENCE_SITE = {
    str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "reference_site").rglob("*.py")
}
EXAMPLES = {
    f"{page}, example {number}": block
    for page, text in GUIDES.items()
    for number, block in enumerate(code_blocks(text, "python"), 1)
}


def not_public(names: set[str]) -> set[str]:
    """Return the names that the page does not have, other than permissions, labels and numbers of checks."""
    checks = {name for name in names if CHECK.fullmatch(name)}
    return names - set(NAMED) - MODULES - checks - permissions() - labels() - {DEFAULT_SECOND_FACTOR}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_on_the_page_can_be_imported_from_there(name):
    module, _, attribute = name.rpartition(".")
    found = resolve(name)

    assert isinstance(found, ModuleType) or attribute in importlib.import_module(module).__all__


def test_every_urlconf_that_a_site_may_include_is_on_the_page():
    modules = {path.stem for path in (ROOT / "oauthcore/urls").glob("*.py")} - {"__init__"}

    assert {name for name in modules if f"oauthcore.urls.{name}" not in NAMED} == set()


@pytest.mark.parametrize("name", NAMED)
def test_a_name_has_a_sentence_and_a_page(name):
    _, words, page = NAMED[name]

    assert words
    assert len(links(page)) == 1


@pytest.mark.parametrize("module", sorted(MODULES - {ALL_ROWS}))
def test_what_a_public_module_exports_is_on_the_page(module):
    exported = {f"{module}.{name}" for name in importlib.import_module(module).__all__}

    assert exported - set(NAMED) == set()


@pytest.mark.parametrize("source", EXAMPLES)
def test_examples_import_what_is_on_the_page(source):
    assert not_public(set(imported(EXAMPLES[source]))) == set()


@pytest.mark.parametrize("page", GUIDES)
def test_guides_speak_of_what_is_on_the_page(page):
    assert not_public(set(DOTTED.findall(GUIDES[page]))) == set()


@pytest.mark.parametrize("source", sorted(REFERENCE_SITE.keys() - MADE_UP))
def test_the_reference_site_imports_what_is_on_the_page(source):
    assert not_public(set(imported(REFERENCE_SITE[source]))) == set()


def test_only_the_listed_files_of_the_demo_import_internals():
    assert [source for source in MADE_UP if not not_public(set(imported(REFERENCE_SITE[source])))] == []


def test_no_two_things_on_the_page_share_a_name():
    last_words = [name.rpartition(".")[2] for name in NAMED]

    assert len(last_words) == len(set(last_words))
