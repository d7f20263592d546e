"""The parameters of an answer in the query of a redirect URI (RFC 6749 §4.1.2, §4.2.2, RFC 9207).

If a redirect URI had such a parameter already, an application could read that value in place of ours. So a
redirect URI with such a parameter cannot be registered, and older ones lose it before an answer is sent.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

#: The parameters of answers that decide about a login.
ANSWER_PARAMETERS = frozenset(["state", "code", "iss", "error", "error_description", "access_token"])

#: Some servers separate parameters by semicolons too.
_SEPARATORS = re.compile(r"(?=[&;])")


def brings_answer_parameters(uri: str) -> bool:
    """Return whether the query of a URI contains a parameter of answers, encoded or not."""
    return any(map(_is_of_answers, _parts(uri.partition("?")[2])))


def without_answer_parameters(uri: str) -> str:
    """Return a URI without the parameters of answers. The rest of the text does not change."""
    if not brings_answer_parameters(uri):
        return uri
    path, _mark, query = uri.partition("?")
    kept = "".join(part for part in _parts(query) if not _is_of_answers(part)).lstrip("&;")
    return f"{path}?{kept}" if kept else path


def _parts(query: str) -> list[str]:
    """Return the parameters of a query, each with the separator before it."""
    return _SEPARATORS.split(query)


def _is_of_answers(part: str) -> bool:
    name = unquote_plus(part.lstrip("&;").partition("=")[0])
    return name.partition("[")[0].strip() in ANSWER_PARAMETERS  # PHP reads code[] as code
