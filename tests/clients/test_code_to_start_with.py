"""The programs on the page of an application do what they say, against a running site."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess

import pytest

from oauthcore.pages.applications.code.snippets import languages_for
from tests.support.factories import register, register_public

PYTHON = ["Python (httpx)", "Python (Authlib)"]
#: Uses the module for a page as a page does. The first run of it leads away, and the second comes back.
PAGE = """
const kept = new Map();
globalThis.sessionStorage = {
  setItem: (name, value) => kept.set(name, value),
  getItem: (name) => kept.get(name) ?? null,
  removeItem: (name) => kept.delete(name),
};
globalThis.location = { assign: (address) => console.log(address) };
const { logIn, finishLogIn } = await import("./program.mjs");
await logIn();
for await (const line of (await import("node:readline")).createInterface({ input: process.stdin })) {
  location.search = new URL(line).search;
  console.log(JSON.stringify(await finishLogIn()));
  process.exit(0);
}
"""
SERVER = """
const { begin, finish } = await import("./program.mjs");
const begun = begin();
console.log(begun.address);
for await (const line of (await import("node:readline")).createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await finish(new URL(line).search, begun)));
  process.exit(0);
}
"""


@pytest.fixture
def confidential(site, monkeypatch):
    registered = register()
    monkeypatch.setenv("CLIENT_SECRET", registered.client_secret)
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return registered.application


@pytest.fixture
def public(site, monkeypatch):
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return register_public().application


def program(application, language, ending):
    """Return the text of a program, as the page shows it."""
    [found] = [one for one in languages_for(application) if one.name == language]
    return next(one.text for one in found.snippets if one.id.endswith(ending))


def run_python(text, answer):
    """Run a program of Python, answer its question, and return what it prints."""
    out, asked = io.StringIO(), []

    def question(_):
        asked.append(next(line for line in out.getvalue().splitlines() if "/oauth/authorize" in line))
        return answer(asked[0])

    with contextlib.redirect_stdout(out):
        exec(compile(text, "program", "exec"), {"input": question})
    return out.getvalue().splitlines()[-1]


def run(command, folder, answer=None):
    """Run another program and return the last line that it prints."""
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if answer is not None:
            address = next(line for line in process.stdout if "/oauth/authorize" in line)
            process.stdin.write(f"{answer(address.strip())}\n")
            process.stdin.flush()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip().splitlines()[-1]


@pytest.mark.parametrize("kind", ["confidential", "public"])
@pytest.mark.parametrize("language", PYTHON)
def test_a_person_logs_in_with_a_program_of_python(request, person, kind, language):
    application = request.getfixturevalue(kind)

    told = run_python(program(application, language, "-login"), person.allow)

    assert f"'client_id': '{application.client_id}'" in told


@pytest.mark.parametrize("language", PYTHON)
def test_an_application_acts_for_itself_with_a_program_of_python(confidential, language):
    told = run_python(program(confidential, language, "-itself"), None)

    assert f"'client_id': '{confidential.client_id}'" in told
    assert "'user': None" in told


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_a_person_logs_in_with_curl(request, person, kind, tmp_path):
    application = request.getfixturevalue(kind)
    (tmp_path / "login.sh").write_text(program(application, "curl", "-login"))

    tokens = json.loads(run(["bash", "login.sh"], tmp_path, person.allow))

    assert tokens["token_type"] == "Bearer"


def test_an_application_acts_for_itself_with_curl(confidential, tmp_path):
    (tmp_path / "itself.sh").write_text(program(confidential, "curl", "-itself"))

    assert json.loads(run(["bash", "itself.sh"], tmp_path))["token_type"] == "Bearer"


@pytest.mark.parametrize(("kind", "around"), [("confidential", SERVER), ("public", PAGE)])
def test_a_person_logs_in_with_javascript(request, person, kind, around, tmp_path):
    application = request.getfixturevalue(kind)
    (tmp_path / "program.mjs").write_text(program(application, "JavaScript", "-login"))
    (tmp_path / "around.mjs").write_text(around)

    tokens = json.loads(run(["node", "around.mjs"], tmp_path, person.allow))

    assert tokens["token_type"] == "Bearer"


def test_an_application_acts_for_itself_with_javascript(confidential, tmp_path):
    text = program(confidential, "JavaScript", "-itself") + "console.log(access_token.length > 20);\n"
    (tmp_path / "itself.mjs").write_text(text)

    assert run(["node", "itself.mjs"], tmp_path) == "true"
