"""The canary test: what is secret is in the one answer that hands it out, and nowhere else.

This holds for all that is stored, logged, mailed and shown. Secrets are sent into every slot
that is for one. What is sent as a login, a client ID or a path is a name: it is looked up and logged as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.core import mail

from oauthcore import conf
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.canaries import places
from tests.support.canaries.life import Life
from tests.support.canaries.signing_in import SigningIn
from tests.support.secrets import random_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what is stored is read column by column, and reads the same on every database"),
]

#: So much of a secret in a row is a leak; the last four characters may be shown.
PIECE = 10
HINT = 4


def pieces(text: str) -> Iterator[str]:
    """Yield every part of a secret that nobody could know: not its prefix, and not its hint."""
    secret = conf.settings().secret_format.parse(HiddenText(text))
    unknown = text if secret is None else text[-len(random_of(secret)) - 6 :]
    unknown = unknown if secret is None else unknown[:-HINT]
    for start in range(len(unknown) - PIECE + 1):
        yield unknown[start : start + PIECE]


def hits(secrets: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return which secrets are in which places, whole or in part.

    Most words are in a place many times, so a piece without a space is looked for in one of each.
    """
    unknown = {name: list(pieces(secret)) for name, secret in secrets.items()}
    words = {place: " ".join(dict.fromkeys(text.split())) for place, text in found.items()}
    return [
        f"{name} in {place}"
        for place, text in found.items()
        for name, them in unknown.items()
        if any(piece in (text if any(map(str.isspace, piece)) else words[place]) for piece in them)
    ]


@pytest.fixture
def lived(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> tuple[Life, dict[str, str]]:
    """Let a site live through it all, and return what happened and what is found of it."""
    admin = "admin@example.org"
    settings.ADMINS = [("Admin", admin) if django.VERSION < (6, 0) else admin]
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    endless = dict.fromkeys(("LOGIN_ADDRESS_LIMIT", "LOGIN_LIMIT", "SECOND_FACTOR_LIMIT"), (10**6, 300))
    settings.OAUTHCORE = {**settings.OAUTHCORE, **endless}
    life, signing_in = Life(), SigningIn()
    with places.listening() as listener:
        life.live()
        life.misuse()
        signing_in.live()
        signing_in.misuse()
        life.secrets |= signing_in.secrets
        life.break_down(monkeypatch)
        life.broken += signing_in.break_down(monkeypatch)
        signing_in.come_back()
        crawled = places.crawl(life.boss.browser, "/admin/oauthcore/")
        own = places.crawl(life.browser, "/oauth/applications/", "/oauth/connections/")
        own += places.crawl(signing_in.browser, "/oauth/security/", "/oauth/connections/")
        life.run_commands(tmp_path)
        crawled += places.crawl(life.boss.browser, "/admin/oauthcore/")
        found = {
            "the admin": crawled,
            "the pages for people": own,
            "mails": places.mails(),
            "the database": places.database(),
            "sessions": places.sessions(),
            "the cache": places.cached(),
            "what commands print": life.printed,
        }
    return life, {"the log": "\n".join(listener.lines), **found}


def test_no_secret_is_anywhere_but_in_the_answer_that_hands_it_out(lived):
    life, found = lived

    assert hits(life.secrets, found) == []

    # All of it took place, and was looked at.
    assert len(life.secrets) == 18 + 12
    assert life.broken == 10 + 7
    assert "oauthcore_token" in found["the log"]
    assert "Weekly export" in found["the log"]  # what statements are given is there
    subjects = " ".join(one.subject for one in mail.outbox)
    assert "ERROR" in subjects
    assert "expires on" in subjects
    assert "we ended access" in subjects
    for model in ("servicetoken", "securityevent", "grant", "application", "consent", "totpfactor"):
        assert f"/admin/oauthcore/{model}/" in found["the admin"]
    assert "Weekly export" in found["the admin"]
    assert "Photo Printer" in found["the pages for people"]
    assert "Pocket phone" in found["the pages for people"]
    assert "Recovery codes" in found["the pages for people"]
    assert "Backup" in found["what commands print"]


@pytest.mark.parametrize("place", ["the log", "a page"])
def test_the_search_would_find_a_piece_of_one(place):
    text = conf.settings().secret_format.make(next(iter(conf.settings().secret_format.leads))).reveal()

    assert hits({"it": text}, {place: f"xx{text[20:35]}xx"}) == [f"it in {place}"]
    assert hits({"it": text}, {place: f"{text[:14]}… …{text[-4:]}"}) == []
