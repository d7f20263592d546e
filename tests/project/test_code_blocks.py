"""Every code block of our pages is run, or parsed as what it is for would parse it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import environ
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.apps import apps
from django.conf import settings as site_settings
from django.test import Client
from django.views import View

from oauthcore.models import Application
from reference_site import environment
from tests.support.code_blocks.blocks import BLOCKS, Block, blocks_of, pages_with
from tests.support.code_blocks.formats import READERS
from tests.support.code_blocks.python import SITE, Site
from tests.support.code_blocks.shell import check_shell
from tests.support.factories import UserFactory, register
from tests.support.markdown import ROOT

pytestmark = pytest.mark.sqlite_only("no database decides what a page shows")

SHELL = ("sh", "console")
TEMPLATE, SQL = "html+django", "sql"
#: Pages whose files a test of their own puts into a new site and runs.
FOLLOWED = {
    "docs/tutorial.md": "tests/project/test_tutorial.py",
    "docs/accounts.md": "tests/testing/test_page.py",
    "docs/custom-user-model.md": "tests/testing/test_page.py",
    "docs/testing.md": "tests/testing/test_page.py",
    "docs/second-factor.md": "tests/flows/second_factor/test_django_otp.py",
}
#: A block with this is run in test_code_blocks_sent.py.
NEEDS_A_SERVER = "fetch_token(token_endpoint"


def test_every_block_has_a_language_that_is_checked():
    known = {*READERS, *SHELL, TEMPLATE, SQL, "python", "text"}

    assert [str(one) for one in BLOCKS if one.language not in known and not one.not_run] == []


def test_few_blocks_are_not_run_and_each_says_why():
    reasons = [one for one in BLOCKS if one.not_run]

    assert len(reasons) <= 6
    assert all(len(one.not_run.split()) >= 5 for one in reasons)


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language in READERS], ids=str)
def test_a_block_of_data_is_well_formed(block):
    READERS[block.language](block.text)


@pytest.mark.parametrize("page", pages_with(*SHELL))
def test_the_commands_of_a_page_exist_with_their_options(page):
    for block in blocks_of(page, *SHELL):
        if not block.not_run:
            check_shell(block.text)


def _pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch, db: None) -> dict[str, Any]:
    """Names and rows that the pages take for granted."""
    monkeypatch.setenv("SECOND_FACTOR_KEY", "K" * 43)
    monkeypatch.setenv("SIGNING_KEY", _pem(ec.generate_private_key(ec.SECP256R1())))
    monkeypatch.setenv("RSA_KEY", _pem(rsa.generate_private_key(65537, 2048)))
    application = register().application
    Application.objects.filter(pk=application.pk).update(client_id="c5f0…")
    return {"user": UserFactory(), "User": type(UserFactory()), "YourBackend": object, "NoteList": View}


@pytest.mark.parametrize("page", pages_with("python"))
def test_the_python_of_a_page_runs(page, around):
    site = Site({"OAUTHCORE": SITE["OAUTHCORE"]}, **around)
    with site.installed():
        for block in blocks_of(page, "python"):
            if block.not_run:
                ast.parse(block.text)
            elif not (block.file and page in FOLLOWED) and NEEDS_A_SERVER not in block.text:
                site.run(block)


@pytest.mark.parametrize("page", FOLLOWED)
def test_a_page_whose_files_another_test_runs_is_read_by_it(page):
    assert page.rpartition("/")[2].removesuffix(".md") in (ROOT / FOLLOWED[page]).read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("page", pages_with(TEMPLATE))
def test_the_templates_of_a_page_show_in_the_pages_of_the_site(page, settings, tmp_path):
    (engine,) = site_settings.TEMPLATES
    browser, expected = Client(), []
    browser.force_login(UserFactory())
    for block in blocks_of(page, TEMPLATE):
        expected += re.findall(r">([A-Z][^<{]+)<", block.text) + re.findall(r'class="([\w-]+)"', block.text)
        if _written(block, tmp_path).startswith("oauthcore/"):
            settings.TEMPLATES = [{**engine, "DIRS": [str(tmp_path)]}]
            shown = browser.get("/oauth/connections/").content.decode()

            assert [one for one in expected if one not in shown] == [], block
            expected = []


def _written(block: Block, folder: Path) -> str:
    """Write the template that a block is, and return its name."""
    found = re.match(r"\{# templates/(\S+) #\}\n", block.text)
    assert found is not None, "the first line names the file"
    path = folder / found[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text)
    return found[1]


#: What a block of text shows, by its page: drawings, headers, or what a command prints.
TEXTS = {"docs/design.md", "docs/pages.md", "docs/tutorial.md", "docs/doctor.md", "docs/scaling.md"}


def test_every_text_is_a_drawing_or_an_output_that_is_compared():
    assert set(pages_with("text")) == TEXTS


def test_the_role_on_the_page_waits_as_long_as_the_reference_site(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://localhost/mysite")
    monkeypatch.delenv("DATABASE_TIMEOUT", raising=False)
    seconds = {"ms": 1, "s": 1000}
    (block,) = blocks_of("docs/deployment.md", SQL)
    role = re.findall(r"^ALTER ROLE mysite SET (\w+) = '(\d+)(ms|s)';$", block.text, re.MULTILINE)
    site = environment.database(environ.Env(), ROOT)

    assert len(role) == len(block.text.splitlines())
    assert {name: int(number) * seconds[unit] for name, number, unit in role} == {
        name: int(value) for name, value in re.findall(r"-c (\w+)=(\d+)", site["OPTIONS"]["options"])
    }


def test_the_proxy_on_the_page_is_that_of_the_cluster():
    _drawing, block = blocks_of("docs/scaling.md", "text")
    file = {line.strip() for line in (ROOT / "proof/cluster/servers/proxy.py").read_text().splitlines()}

    assert {line.strip() for line in block.text.replace("example.org", "127.0.0.1").splitlines()} <= file


def test_the_names_in_the_drawing_of_rows_are_models():
    """The drawings of layers and rooms are compared in ``test_layout``."""
    models, _layers, _rooms = blocks_of("docs/design.md", "text")
    pieces = [piece for line in models.text.splitlines() for piece in re.split(r" {3,}", line)]
    boxes = [one for one in pieces if re.search(r"[─×]| stand alone", one)]
    in_boxes = set(re.findall(r"\b[A-Z]\w+", " ".join(boxes)))

    assert len(in_boxes) > 20
    assert in_boxes - {one.__name__ for one in apps.get_models()} == set()


@pytest.mark.django_db
def test_the_headers_on_the_page_are_those_of_a_page():
    browser = Client()
    browser.force_login(UserFactory())
    answer = browser.get("/oauth/connections/")

    for block in blocks_of("docs/pages.md", "text"):
        for line in block.text.splitlines():
            name, _, value = line.partition(": ")
            assert answer[name] == value


def test_findings_of_the_doctor_on_its_page_are_findings_of_the_code():
    code = "".join(path.read_text() for path in (ROOT / "oauthcore").rglob("*.py"))
    for block in blocks_of("docs/doctor.md", "text"):
        found = re.findall(r"(?m)^(\w+\d{3}) +(.*)$", block.text)

        assert found
        assert [one for finding in found for one in finding if one not in code] == []
