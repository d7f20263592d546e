"""The tutorial, walked through in a new Django project, against a real server."""

from __future__ import annotations

import html
import json
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.support.tutorial import LESSON, PASSWORD, environment

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

#: What a reader copies under another name than the one it was printed with.
COPIED_AS = {"resource_id": "client_id", "resource_secret": "client_secret", "service_token": "token"}


@dataclass(frozen=True)
class Answer:
    """What one ``curl`` line got."""

    path: str
    status: int
    body: dict[str, Any]


@dataclass
class Reader:
    """Somebody who does what the tutorial says, in a folder of their own."""

    folder: Path
    origin: str
    variables: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None

    def follow(self, text: str) -> None:
        """Write each file and run each line, in their order."""
        for language, block in re.findall(r"```(python|sh)\n(.*?)```", text, re.DOTALL):
            if language == "python":
                self.write(block)
            else:
                for line in block.replace("\\\n", " ").splitlines():
                    self.run(line)

    def write(self, block: str) -> None:
        """Write a file, named in its first line; the settings are added to those of the project."""
        path = self.folder / block.partition("\n")[0].removeprefix("# ")
        path.write_text(path.read_text() + block if path.name == "settings.py" else block)

    def run(self, line: str) -> None:
        """Run one line of the tutorial's shell blocks."""
        if variable := re.fullmatch(r"([A-Z_]+)=…", line):
            self.variables[variable[1]] = self.copied(variable[1].lower())
            return
        filled = re.sub(r"\$([A-Z_]+)", lambda found: self.variables[found[1]], line)
        program, *arguments = shlex.split(filled)
        {"pip": self.pip, "python": self.python, "curl": self.curl}[program](arguments)

    def copied(self, name: str) -> str:
        """Return what a reader copies from what was printed, or from the browser's address bar."""
        if name == "code":
            return approve_in_browser(self.printed["open"], self.origin)
        return self.printed[COPIED_AS.get(name, name)]

    def pip(self, arguments: list[str]) -> None:
        """Install nothing more: the wheel is installed, and the tests' environment has what it needs."""
        assert arguments == ["install", "../oauthcore"]

    def python(self, arguments: list[str]) -> None:
        """Run Python; remember what it prints."""
        if arguments[1:] == ["runserver"]:
            self.serve()
            return
        if arguments[1] == "createsuperuser":
            arguments = [*arguments, "--noinput"]
        output = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert output.returncode == 0, output.stderr
        lines = re.findall(r"^(\w+)[:= ] *(\S+)$", output.stdout, re.MULTILINE)
        self.printed |= {name.lower(): value for name, value in lines}

    def serve(self) -> None:
        """Start the server and wait until it answers."""
        command = [
            sys.executable,
            "manage.py",
            "runserver",
            "--noreload",
            self.origin.removeprefix("http://"),
        ]
        with (self.folder / "server.log").open("wb") as log:
            self.server = subprocess.Popen(
                command, cwd=self.folder, env=environment(), stdout=log, stderr=log
            )
        for _ in range(300):
            try:
                requests.get(self.origin, timeout=5)
            except requests.ConnectionError:
                assert self.server.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server did not start within 30 seconds")

    def curl(self, arguments: list[str]) -> None:
        """Do what curl would do with these arguments; remember the answer."""
        words, headers, fields, url = iter(arguments), {}, [], ""
        method, login = "", None
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                fields.append(tuple(next(words).split("=", 1)))
            elif word == "-u":
                login = tuple(next(words).split(":", 1))
            elif word == "-X":
                method = next(words)
            elif word != "-i":
                assert word.startswith(self.origin), word
                url = word
        answer = requests.request(
            method or ("POST" if fields else "GET"),
            url,
            headers=headers,
            data=fields,
            auth=login,
            timeout=20,
            allow_redirects=False,
        )
        self.answers.append(Answer(urlsplit(url).path, answer.status_code, answer.json()))
        self.printed |= {name: str(value) for name, value in answer.json().items()}


def field_in(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def approve_in_browser(url: str, origin: str) -> str:
    """Open the address, log in as ada, allow access, and return the code of the address it ends at."""
    with requests.Session() as browser:
        login = browser.get(url, timeout=20)
        fields = {
            "username": "ada",
            "password": PASSWORD,
            "next": field_in(login.text, "next"),
            "csrfmiddlewaretoken": field_in(login.text, "csrfmiddlewaretoken"),
        }
        consent = browser.post(login.url, fields, timeout=20)
        assert "Notes on the phone" in consent.text
        hidden = {name: field_in(consent.text, name) for name in ("csrfmiddlewaretoken", "transaction")}
        ticked = {"scope": ["read", "notes.read"], "decision": "approve"}
        answer = browser.post(url, hidden | ticked, timeout=20, allow_redirects=False)
    parameters = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert parameters["iss"] == origin
    return parameters["code"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("tutorial")
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "mysite", "."],
        cwd=folder,
        env=environment(),
        timeout=60,
        check=True,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reader = Reader(folder, f"http://127.0.0.1:{port}")
    try:
        reader.follow(LESSON.replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
        yield reader
    finally:
        if reader.server is not None:
            reader.server.terminate()
            reader.server.wait(timeout=20)


def test_every_line_of_the_lesson_gets_the_answer_it_promises(reader):
    assert [(answer.path, answer.status) for answer in reader.answers] == [
        ("/api/notes", 200),
        ("/oauth/token", 200),
        ("/api/notes", 200),
        ("/api/notes/count", 200),
        ("/api/notes/clear", 403),
        ("/oauth/token", 200),
        ("/api/notes", 200),
        ("/v1/me", 200),
        ("/oauth/token", 200),
        ("/oauth/introspect", 200),
        ("/oauth/revoke", 200),
        ("/api/notes", 401),
        ("/oauth/introspect", 200),
    ]


def test_the_lesson_shows_who_asks_and_what_is_refused(reader):
    script, machine, refused, person = (reader.answers[number] for number in (0, 2, 4, 6))

    assert script.body["asked_by"] == "Backup"
    assert machine.body["asked_by"].startswith("c")
    assert json.dumps(refused.body) in LESSON
    assert person.body["asked_by"] == "ada"


def test_the_lesson_ends_with_a_token_that_is_dead_everywhere(reader):
    active, call, inactive = reader.answers[9], reader.answers[11], reader.answers[12]

    assert active.body["active"] is True
    assert call.body["error"] == "invalid_token"
    assert inactive.body == {"active": False}
