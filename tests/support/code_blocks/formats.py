"""Blocks that are data, configuration or a request: each is parsed as what it is for would parse it."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from email.parser import Parser
from http import HTTPStatus
from io import BytesIO

import yaml
from babel.messages.pofile import read_po as read_catalogue


def read_json(text: str) -> None:
    json.loads(text)


def read_ini(text: str) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.read_string(text)
    assert parser.sections()


def read_yaml(text: str) -> None:
    for document in yaml.safe_load_all(text):
        assert document


def read_toml(text: str) -> None:
    assert tomllib.loads(text)


def read_regex(text: str) -> None:
    re.compile(text.strip())


def read_http(text: str) -> None:
    """Read requests and answers: a first line, and headers that each have a value."""
    for message in re.split(r"\n\n(?=HTTP/|[A-Z]+ /)", text):
        first, _, rest = message.partition("\n")
        request = re.fullmatch(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) HTTP/1\.1", first)
        answer = re.fullmatch(r"HTTP/1\.1 (\d{3}) (.+)", first)
        assert request or answer, first
        if answer:
            assert HTTPStatus(int(answer[1])).phrase == answer[2]
        headers = Parser().parsestr(rest, headersonly=True)
        assert not headers.defects
        assert all(headers.values())


def read_nginx(text: str) -> None:
    """Read directives, each ended by ``;``, and blocks, each with a name and both braces."""
    pieces = re.findall(r"'[^']*'|\"[^\"]*\"|[{};]|[^\s{};'\"]+", re.sub(r"(?m)^\s*#.*$", "", text))
    depth, words = 0, 0
    for piece in pieces:
        if piece in ("{", ";"):
            assert words, f"nothing stands before {piece}"
            words, depth = 0, depth + (piece == "{")
        elif piece == "}":
            assert not words, "a directive lacks its semicolon"
            depth -= 1
        else:
            words += 1
        assert depth >= 0
    assert (depth, words) == (0, 0)


def read_apache(text: str) -> None:
    """Read directives, and sections that end in the order in which they began."""
    open_sections: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if begun := re.fullmatch(r"<(\w+) [^>]+>", line):
            open_sections.append(begun[1])
        elif ended := re.fullmatch(r"</(\w+)>", line):
            assert open_sections.pop() == ended[1]
        else:
            assert re.fullmatch(r"[A-Z]\w+ .+", line), line
            assert line.count('"') % 2 == 0, line
    assert open_sections == []


def read_css(text: str) -> None:
    """Read rules: selectors, and declarations of a property and a value."""
    rest = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", rest)
    assert re.sub(r"([^{}]+)\{([^{}]*)\}", "", rest).strip() == ""
    assert rules
    for selector, declarations in rules:
        assert selector.strip()
        for one in filter(None, map(str.strip, declarations.split(";"))):
            assert re.fullmatch(r"(?:--)?[a-z][\w-]*:\s*[^:]+", one), one


def read_javascript(text: str) -> None:
    """Have Node read it, where there is one. The browser tests have Chromium read it in any case."""
    if node := shutil.which("node"):
        done = subprocess.run(
            [node, "--input-type=module", "--check", "-"],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def read_po(text: str) -> None:
    catalogue = read_catalogue(BytesIO(text.encode()), abort_invalid=True)
    assert all(message.string for message in catalogue)


READERS: dict[str, Callable[[str], None]] = {
    "json": read_json,
    "ini": read_ini,
    "yaml": read_yaml,
    "toml": read_toml,
    "regex": read_regex,
    "po": read_po,
    "http": read_http,
    "nginx": read_nginx,
    "apache": read_apache,
    "css": read_css,
    "javascript": read_javascript,
}
