"""What the sites' operations share: tokens kept for later, and checks of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.handlers.wsgi import WSGIHandler

from benchmarks.products import UnexpectedAnswerError
from benchmarks.requests import Answer, Environ, send


def answered(handler: WSGIHandler, request: Environ) -> Answer:
    """Send a request outside the clock; return the answer. Raises UnexpectedAnswerError unless it is 200."""
    answer = send(handler, request)
    expect_status(200)(answer)
    return answer


def expect_status(wanted: int) -> Callable[[Answer], None]:
    """Return a check that an answer has this status."""

    def check(answer: Answer) -> None:
        if answer.status != wanted:
            raise UnexpectedAnswerError(f"{answer.status} {answer.body[:300]!r}, not {wanted}")

    return check


def expect_text(answer: Answer, member: str) -> str:
    """Return a token of an answer. Raises UnexpectedAnswerError if it has none."""
    expect_status(200)(answer)
    value = answer.json.get(member)
    if not isinstance(value, str) or len(value) < 30:
        raise UnexpectedAnswerError(f"{answer.body[:300]!r} has no {member}")
    return value


@dataclass
class Supply:
    """Tokens that are used once: those that answers gave, and new ones where these do not suffice."""

    make: Callable[[], Answer]
    answer_gives: str
    _kept: list[str] = field(default_factory=list)

    def keep(self, answer: Answer) -> None:
        """Check that an answer gives a token, and keep it."""
        self._kept.append(expect_text(answer, self.answer_gives))

    def take(self, count: int) -> list[str]:
        """Return so many tokens that nobody has used."""
        while len(self._kept) < count:
            self.keep(self.make())
        taken, self._kept = self._kept[:count], self._kept[count:]
        return taken
