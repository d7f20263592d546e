"""The languages that a link asks for: Mastodon's ``lang``, OpenID's ``ui_locales``."""

from __future__ import annotations

from oauthcore.rules.wire.parameters import Parameters

#: The parameters of a link that ask for a language.
LANGUAGE_PARAMETERS = ("lang", "ui_locales")
#: More languages than this are not looked at.
_MOST_LANGUAGES = 20


def languages_in(parameters: Parameters) -> tuple[str, ...]:
    """Return the languages that were asked for, the most wanted first: ``lang``, then ``ui_locales``.

    ``ui_locales`` is a list with spaces between (OpenID Connect Core §3.1.2.1).
    """
    asked = " ".join(parameters.get(name) or "" for name in LANGUAGE_PARAMETERS)
    return tuple(list(filter(None, asked.split(" ")))[:_MOST_LANGUAGES])
