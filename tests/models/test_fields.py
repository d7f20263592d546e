"""Columns of our own: what is put in comes out, whatever form it is put in."""

from __future__ import annotations

import pytest
from django.core import serializers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthcore.models import Application, ClientSecret, Grant
from oauthcore.rules.oauth.scopes import is_name
from tests.support.factories import open_grant, register, register_public

pytestmark = pytest.mark.django_db

on_the_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12).filter(
    is_name
)
lines = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


def stored(application: Application, **values: object) -> Application:
    Application.objects.filter(pk=application.pk).update(**values)
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def application() -> Application:
    return register_public().application


@on_the_database
@given(
    words=st.frozensets(words, max_size=6), make=st.sampled_from([frozenset, list, set, " ".join, "  ".join])
)
def test_words_come_back_as_a_set(application, words, make):
    assert stored(application, scopes=make(words)).scopes == words


@on_the_database
@given(words=st.frozensets(words, max_size=6))
def test_words_are_stored_sorted_with_one_space_between(application, words):
    stored(application, scopes=words)

    assert Application.objects.filter(scopes=" ".join(sorted(words))).exists()
    assert Application.objects.filter(scopes=words).exists()


@on_the_database
@given(
    lines=st.lists(lines, max_size=5),
    make=st.sampled_from([tuple, list, "\n".join, "\r\n".join, " \n\n ".join]),
)
def test_lines_come_back_in_their_order(application, lines, make):
    assert stored(application, redirect_uris=make(lines)).redirect_uris == tuple(lines)


@on_the_database
@given(digest=st.binary(min_size=32, max_size=32), make=st.sampled_from([bytes, bytearray, memoryview]))
def test_digests_come_back_as_bytes(digest, make):
    grant = open_grant()
    Grant.objects.filter(pk=grant.pk).update(password_mark=make(digest))

    found = Grant.objects.get(pk=grant.pk, password_mark=digest)

    assert found.password_mark == digest
    assert type(found.password_mark) is bytes


def test_a_form_gives_words_and_lines_as_text():
    application = register(
        scopes="api.images.read  read", redirect_uris="https://a.example/cb\r\n\r\n com.b.app:/ \n"
    )

    assert application.application.scopes == {"read", "api.images.read"}
    assert application.application.redirect_uris == ("https://a.example/cb", "com.b.app:/")


def test_where_a_joined_row_is_missing_there_is_none():
    grant = Grant.objects.create(kind="service", account_uuid="0" * 32)

    found = Grant.objects.filter(pk=grant.pk).values_list(
        "application__scopes",
        "application__redirect_uris",
        "application__client_secrets__digest",
        "password_mark",
    )

    assert list(found) == [(None, None, None, None)]


@pytest.mark.parametrize("form", ["json", "python"])
def test_rows_are_written_out_and_read_in_again_as_they_were(form):
    application = register(redirect_uris=["https://a.example/cb", "com.b.app:/"]).application
    secret = ClientSecret.objects.get()

    written = serializers.serialize(form, [application, secret])
    read = [one.object for one in serializers.deserialize(form, written)]

    assert [(one.scopes, one.redirect_uris) for one in read[:1]] == [
        (frozenset(application.scopes), ("https://a.example/cb", "com.b.app:/"))
    ]
    assert bytes(read[1].digest) == secret.digest
