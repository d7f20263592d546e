"""A reader who types the ``curl`` lines of a page, with what they copied from the answers before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.support.code_blocks.blocks import BLOCKS, Block
from tests.support.code_blocks.shell import VARIABLE, commands_with_variables

#: The addresses of the site, as pages write them.
SITES = ("https://example.org", "http://127.0.0.1:8000")


@dataclass
class Reader:
    """Somebody with a terminal, for whom the site is at another address than on the page."""

    origin: str
    #: What they have from elsewhere, by what stands in front of ``…`` or by the name of a variable.
    have: dict[str, Callable[[], str]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    def follow(self, page: str) -> None:
        """Type every line of the page; a JSON block after a request shows its answer."""
        answer: Any = None
        for block in (one for one in BLOCKS if one.page == page):
            if block.language == "sh" and not block.not_run:
                answer = self._type(block) or answer
            elif block.language == "json" and answer is not None:
                assert_same_shape(json.loads(block.text), answer, str(block))
                answer = None

    def _type(self, block: Block) -> Any:
        answer = None
        for words in commands_with_variables(block.text):
            if len(words) == 1 and (found := VARIABLE.fullmatch(words[0])):
                self.variables[found[1]] = self._copied(found[1].lower(), words[0])
            elif words[0] == "curl":
                answer = self._curl(words[1:])
            elif words[0] == "echo" and len(words) > 1:
                self.printed["open"] = self._filled(words[1])
        return answer

    def _copied(self, name: str, written: str) -> str:
        return self.have[name]() if name in self.have else self.printed[name]

    def _filled(self, text: str) -> str:
        """Return a word as the reader types it: with variables, at the real site, and without ``…``."""
        for site in SITES:
            text = text.replace(site, self.origin)
        text = re.sub(r"\$([A-Z_]+)", lambda found: self.variables[found[1]], text)
        if not text.endswith("…"):
            return text
        before = re.split(r"[=: ]", text)[0]
        name = before if before in self.have or before in self.printed else text.removesuffix("…")
        value = self.have[name]() if name in self.have else self.printed[name]
        separator = re.search(r"[=:] ?(?:Bearer )?", text)
        return text[: separator.end()] + value if separator else value

    def _curl(self, words: list[str]) -> Any:
        rest, headers, data, url = iter(words), {}, [], ""
        method, login = "", None
        for word in rest:
            if word in ("-s", "-i"):
                continue
            if word == "-H":
                name, _, value = self._filled(next(rest)).partition(": ")
                headers[name] = value
            elif word == "-d":
                data.append(self._filled(next(rest)))
            elif word == "-u":
                login = tuple(self._filled(next(rest)).split(":", 1))
            elif word == "-X":
                method = next(rest)
            else:
                url = self._filled(word)
                assert url.startswith(self.origin), word
        is_json = "Content-Type" in headers
        answer = requests.request(
            method or ("POST" if data else "GET"),
            url,
            headers=headers,
            data=data[0].encode() if is_json else [tuple(one.split("=", 1)) for one in data],
            auth=login,
            timeout=20,
            allow_redirects=False,
        )
        self.statuses.append(answer.status_code)
        found = answer.json() if answer.content else {}
        self.printed |= {name: str(value) for name, value in found.items()}
        return found


def assert_same_shape(shown: Any, real: Any, where: str) -> None:
    """Compare the members of an answer that a page shows, and the types of their values, with a real one."""
    if isinstance(shown, dict):
        assert isinstance(real, dict), where
        assert set(shown) == set(real), (where, set(shown) ^ set(real))
        for name, value in shown.items():
            assert_same_shape(value, real[name], f"{where} {name}")
    elif isinstance(shown, list):
        assert isinstance(real, list), where
        for value in shown if real else []:
            assert_same_shape(value, real[0], where)
    else:
        assert type(shown) is type(real), (where, shown, real)
