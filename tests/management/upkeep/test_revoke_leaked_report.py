"""``revoke_leaked``: what it reads, and what it says of it without repeating it."""

from __future__ import annotations

import io
import logging
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from oauthcore import conf
from oauthcore.flows.upkeep import leaks
from oauthcore.models import SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import UserFactory, device_session
from tests.support.oauth import OAuthClient, is_live
from tests.support.service_tokens.commands import made

pytestmark = pytest.mark.django_db


def client_token(oauth: OAuthClient) -> str:
    text: str = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]
    return text


def test_people_read_a_line_for_each_and_a_summary(oauth, feed):
    tokens = oauth.tokens()
    _, service = made()

    printed = feed(tokens["access_token"], "nothing here", service, service, "ref_api_live_cut", "x" * 20)

    lines = printed.splitlines()
    assert lines[0].startswith(
        f"line 1  access token …{tokens['access_token'][-4:]}  ended, with everything under its grant"
        f"  application Photo Printer  client_id {oauth.registered.client_id}  user grace  grant "
    )
    assert lines[1].startswith(f"line 3  service token …{service[-4:]}  ended, with everything")
    assert lines[2] == f"line 4  service token …{service[-4:]}  it stood further up"
    assert lines[3].startswith("line 5  ?  begins like a secret of this site")
    assert lines[4] == "line 6  ?  no secret of this site: end it where it is from"
    assert lines[5] == "2 ended, 1 foreign, 1 mistyped, 1 repeated"


def test_people_read_what_would_end_and_what_the_developer_has_to_do(feed, oauth):
    printed = feed(str(oauth.registered.client_secret), client_token(oauth), arguments=("--dry-run",))

    assert "this secret would end: its developer has to make a new one" in printed
    assert "would end, this one alone" in printed


def test_a_text_without_anything_says_so(feed):
    assert feed("all is well") == "There is no secret of this site in it.\n"


def test_a_name_that_a_terminal_would_obey_is_shown_without_that(feed):
    user = UserFactory()
    grant = device_session(user, label="a\x1b[2Jb")
    text = conf.settings().secret_format.make(SecretKind.ACCESS)
    grant.tokens.create(kind="access", digest=text.digest, scopes=[])

    assert "name a?[2Jb" in feed(text.reveal())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le-bom"])
def test_files_of_other_systems_are_read(told, feed, encoding):
    _, text = made()
    line = f"\ufeff{text}" if encoding == "utf-16-le-bom" else text

    feed(line, encoding=encoding.removesuffix("-bom"))

    assert not is_live(text)


def test_bytes_that_are_no_text_disturb_nothing(tmp_path):
    _, text = made()
    file = tmp_path / "memory.bin"
    file.write_bytes(b"\x00\xff\xc0" + text.encode() + b"\xff\n")

    call_command("revoke_leaked", str(file), stdout=io.StringIO())

    assert not is_live(text)


def test_standard_input_is_read_too(monkeypatch):
    _, text = made()
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(f"{text}\n".encode())))  # type: ignore[arg-type]
    monkeypatch.setattr("sys.stdin", stdin)

    call_command("revoke_leaked", "-", stdout=io.StringIO())

    assert not is_live(text)
    assert not stdin.buffer.closed


def test_a_token_given_for_a_file_is_not_repeated():
    _, text = made()

    with pytest.raises(CommandError) as caught:
        call_command("revoke_leaked", text)

    assert str(caught.value) == "The file cannot be read: No such file or directory."
    assert is_live(text)


def test_what_the_database_refused_is_said_and_the_rest_is_ended(feed, monkeypatch, tmp_path):
    first, last = made()[1], made()[1]
    end, calls = leaks.end_grant, []

    def refuse_first(grant, reason, **values):
        calls.append(grant)
        if len(calls) == 1:
            raise DatabaseError("deadlock detected")
        return end(grant, reason, **values)

    monkeypatch.setattr(leaks, "end_grant", refuse_first)

    with pytest.raises(CommandError, match="1 could not be ended"):
        feed(first, last)

    assert not is_live(last)
    assert feed(first).splitlines()[-1] == "1 ended"


def test_nothing_of_it_reaches_the_output_the_log_or_an_event(oauth, feed, caplog):
    # ``django.db.backends`` logs every statement with its parameters.
    connection.force_debug_cursor = True
    tokens, code, service, own = oauth.tokens(), oauth.code(), made()[1], client_token(oauth)
    foreign = f"foreign{uuid4().hex}"
    lines = [*(tokens[name] for name in ("access_token", "refresh_token")), code, service, own]
    lines += [oauth.registered.client_secret or "", service[:-1], foreign]
    caplog.clear()

    try:
        with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "django.db.backends"):
            printed = feed(*lines) + feed(*lines, arguments=("--json",))
    finally:
        connection.force_debug_cursor = False

    recorded = repr(list(SecurityEvent.objects.values()))
    assert "UPDATE" in caplog.text
    for text in lines:
        middle = text[-40:-4] if text == foreign else text[-44:-8]
        assert middle not in printed
        assert middle not in caplog.text
        assert middle not in recorded
