"""What a scope may say of itself, its levels, and the scopes of OpenID Connect."""

from __future__ import annotations

from dataclasses import MISSING, fields

from docs_site.from_code.comments import described_names
from docs_site.from_code.markdown import code, table
from oauthcore.conf.openid_scopes import SCOPE_DESCRIPTIONS
from oauthcore.rules.oauth import scopes


def page() -> str:
    """Return the page."""
    sentences = described_names(scopes)
    members = [
        (
            code(one.name),
            code(str(one.type)),
            "" if one.default is MISSING else code(repr(getattr(one.default, "value", one.default))),
            sentences.get(one.name, ""),
        )
        for one in fields(scopes.ScopeWords)
    ]
    levels = [(code(one.value), sentences.get(one.name, "")) for one in scopes.Level]
    openid = [(code(name), str(words)) for name, words in SCOPE_DESCRIPTIONS.items()]
    return (
        "# Scopes, read from the code\n\n"
        "[Scopes](scopes.md) explains how to choose them.\n\n"
        "## Members\n\n"
        + table(("member", "type", "default", "what it is"), members)
        + "\n## Levels\n\n"
        + table(("level", "what it is"), levels)
        + "\n## Scopes of OpenID Connect\n\nWith `OPENID_CONNECT` these need no entry in `SCOPES`.\n\n"
        + table(("scope", "what people read"), openid)
    )
