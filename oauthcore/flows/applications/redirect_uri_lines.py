"""Redirect URIs in a text field: one per line, with the problems of each line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from oauthcore.languages import translated
from oauthcore.models import Application, GrantType, Profile
from oauthcore.rules.wire.parameters import lines_of

#: The most problems that are shown at once.
_MOST_PROBLEMS = 20
#: The most lines that are checked one by one.
_MOST_LINES = 500


def read_lines(text: str) -> tuple[str, ...]:
    """Return the redirect URIs of a text, each once, in their order; blank lines are none."""
    return tuple(dict.fromkeys(uri for _number, uri in _numbered(text)))


def problems_in(text: str, *, is_legacy: bool) -> list[str]:
    """Return the problems of redirect URIs in words, line by line; an empty list if there are none."""
    application = Application(
        profile=Profile.OAUTH_2_0 if is_legacy else Profile.OAUTH_2_1,
        redirect_uris=read_lines(text),
        grant_types=[GrantType.AUTHORIZATION_CODE.value],
    )
    found = list(islice(_line_problems(text, application), _MOST_PROBLEMS))
    return found or _problems_of_all(application)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return ((number, uri) for number, uri in enumerate(lines_of(text), start=1) if uri)


def _line_problems(text: str, application: Application) -> Iterator[str]:
    for number, uri in islice(_numbered(text), _MOST_LINES):
        problem = application.problem_with_redirect_uri(uri)
        if problem:
            yield _("Line %(number)s: %(problem)s") % {"number": number, "problem": translated(problem)}


def _problems_of_all(application: Application) -> list[str]:
    """Return the model's problems with all of them together, such as too many URIs."""
    try:
        application.clean()
    except ValidationError as wrong:
        return [translated(one.message) for one in wrong.error_dict.get("redirect_uris", ())]
    return []
