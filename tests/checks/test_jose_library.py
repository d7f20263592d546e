"""Signed JWTs need a library, which is an extra."""

from __future__ import annotations

import pytest

from oauthcore.checks import jose_library


@pytest.mark.parametrize("name", jose_library._SIGNED)
def test_a_switch_that_needs_the_library_is_an_error_without_it(name, settings, monkeypatch):
    others = dict.fromkeys(jose_library._SIGNED, False)
    settings.OAUTHCORE = {**settings.OAUTHCORE, **others, name: True}
    assert jose_library.check_jose_library() == []

    monkeypatch.setattr(jose_library, "find_spec", lambda _: None)
    (error,) = jose_library.check_jose_library()
    assert (error.id, name in error.msg) == ("oauthcore.E070", True)

    settings.OAUTHCORE = {**settings.OAUTHCORE, name: False}
    assert jose_library.check_jose_library() == []


def test_the_tokens_of_simplejwt_need_the_library(settings, monkeypatch):
    others = dict.fromkeys(jose_library._SIGNED, False)
    settings.OAUTHCORE = {**settings.OAUTHCORE, **others, "IMPORTED_TOKENS": ["simplejwt"]}
    monkeypatch.setattr(jose_library, "find_spec", lambda _: None)

    (error,) = jose_library.check_jose_library()

    assert "IMPORTED_TOKENS with 'simplejwt' needs the joserfc package" in error.msg
