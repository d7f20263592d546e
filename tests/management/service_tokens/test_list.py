"""``service_token_list``: which ones there are, by what they are looked for, and no secret among it."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from oauthcore.flows.service_tokens import lists
from oauthcore.flows.service_tokens.service_tokens import revoke, rotate
from tests.support.clock import NOON
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import Terminal, made, objects, run, used
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LIST = "service_token_list"


def names(*arguments):
    return [told["name"] for told in objects(LIST, *arguments)]


def in_days(days):
    return timezone.now() + timedelta(days=days)


def test_each_is_a_line_with_its_limits_and_its_last_use(clock):
    token, text = made(
        expires_at=in_days(10), allowed_networks=("10.0.0.0/8", "192.0.2.7"), max_request_bytes=10 * 2**20
    )
    used(token)

    [line] = run(LIST).splitlines()

    assert line.split("  ") == [
        str(token.uuid),
        "Nightly export",
        f"…{text[-4:]}",
        f"account {token.account_uuid}",
        "api.images.read",
        "used 2030-06-15 12:00 UTC from 192.0.2.7",
        "expires 2030-06-25 12:00 UTC",
        "from 10.0.0.0/8, 192.0.2.7",
        "up to 10 MB",
    ]
    assert text not in line


def test_one_without_limits_that_nobody_used_says_so():
    made()

    assert run(LIST).strip().endswith("api.images.read  never used  never expires  from anywhere")


def test_an_emptied_list_of_networks_is_nowhere():
    made(allowed_networks=())

    assert "from nowhere" in run(LIST)


def test_scripts_read_everything_but_the_secret(clock):
    token, text = made(contact="ops@example.org")
    used(token, days_ago=3)
    used(token, days_ago=1)

    assert objects(LIST) == [
        {
            "uuid": str(token.uuid),
            "name": "Nightly export",
            "account_uuid": str(token.account_uuid),
            "scopes": ["api.images.read"],
            "contact": "ops@example.org",
            "created_at": NOON.isoformat(),
            "expires_at": None,
            "allowed_networks": None,
            "max_request_bytes": None,
            "hints": [text[-4:]],
            "last_used_at": (NOON - timedelta(days=1)).isoformat(),
            "last_used_from": "192.0.2.7",
            "revoked_at": None,
            "revoked_reason": "",
        }
    ]


def test_both_live_secrets_of_one_in_rotation_are_hinted_at_the_newer_first(clock):
    token, text = made()
    clock.shift(60)
    newer = rotate(token, overlap=timedelta(hours=1), staff=None)

    assert objects(LIST)[0]["hints"] == [newer.hint, text[-4:]]
    clock.shift(3600)
    assert objects(LIST)[0]["hints"] == [newer.hint]


def test_they_are_looked_for_by_account():
    account = AccountFactory()
    made(account, label="Ours")
    made(label="Theirs")

    assert names("--account", account.uuid) == ["Ours"]


def test_those_are_unused_that_had_the_time_to_be_used(clock):
    busy, _ = made(label="Busy")
    idle, _ = made(label="Idle")
    made(label="Never")
    clock.shift(timedelta(days=100))
    used(busy)
    used(idle, days_ago=91)
    made(label="Young")

    assert names("--unused", 90) == ["Idle", "Never"]


def test_they_are_looked_for_by_what_is_left_of_their_time():
    made(label="Soon", expires_at=in_days(13))
    made(label="Late", expires_at=in_days(15))
    made(label="Never")

    assert names("--expiring", 14) == ["Soon"]


def test_they_are_looked_for_by_whether_networks_restrict_them():
    made(label="Nowhere", allowed_networks=())
    made(label="Somewhere", allowed_networks=("10.0.0.1",))
    made(label="Anywhere")

    assert names("--restricted") == ["Nowhere", "Somewhere"]
    assert names("--unrestricted") == ["Anywhere"]
    assert names() == ["Nowhere", "Somewhere", "Anywhere"]


def test_those_that_are_over_are_left_out_unless_they_are_asked_for(clock):
    ended, _ = made(label="Ended")
    revoke(ended, reason="no longer\x1b[2Jneeded", staff=None)
    made(label="Expired", expires_at=in_days(1))
    clock.shift(timedelta(days=2))
    made(label="Live")

    assert names() == ["Live"]
    assert names("--ended") == ["Ended", "Expired", "Live"]
    assert "revoked 2030-06-15 12:00 UTC (no longer?[2Jneeded)" in run(LIST, "--ended")


def test_a_name_that_a_terminal_would_obey_is_shown_without_that():
    token, _ = made()
    type(token).objects.update(label="a\x1b[2Jb")

    assert "a?[2Jb" in run(LIST)


@pytest.mark.parametrize(
    "arguments",
    [("--unused", "soon"), ("--expiring", "-1"), ("--account", "x"), ("--restricted", "--unrestricted")],
)
def test_what_makes_no_sense_is_refused(arguments):
    with pytest.raises(CommandError):
        run(LIST, *arguments)


def test_a_long_list_is_read_piece_by_piece_with_two_queries_each(monkeypatch):
    monkeypatch.setattr(lists, "_ROWS", 3)
    account = AccountFactory()
    for number in range(7):
        made(account, label=f"Number {number}")

    with statements() as sent:
        listed = names()

    assert listed == [f"Number {number}" for number in range(7)]
    assert len(sent) == 6


def shown_on(out, beside):
    call_command(LIST, "--json", stdout=out, stderr=beside, no_color=True)
    return beside.getvalue()


def test_progress_is_shown_on_a_terminal_while_the_list_goes_elsewhere(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    for _ in range(3):
        made()

    assert shown_on(io.StringIO(), Terminal()) == "\r1 of 3\r2 of 3\r3 of 3\n"


def test_no_progress_is_shown_of_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)

    assert shown_on(io.StringIO(), Terminal()) == ""


def test_tqdm_draws_a_bar_where_it_is_installed(monkeypatch):
    drawn = []

    def tqdm(items, *, total, file, leave):
        drawn.append((total, leave))
        file.write("bar")
        file.flush()
        return items

    module = ModuleType("tqdm")
    module.tqdm = tqdm  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", module)
    made()

    assert shown_on(io.StringIO(), Terminal()) == "bar"
    assert drawn == [(1, False)]


@pytest.mark.parametrize(
    ("out", "beside"), [(io.StringIO, io.StringIO), (Terminal, Terminal), (Terminal, io.StringIO)]
)
def test_otherwise_no_progress_is_shown(out, beside):
    made()

    assert shown_on(out(), beside()) == ""
