"""What pytest finds where oauthcore is installed: tokens as fixtures, and nothing carried from test to test.

pytest loads it before Django has its settings, so whatever needs them is imported when a test asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from oauthcore.testing import IssuedToken


@pytest.fixture
def oauth_token_for(db: Any) -> Callable[..., IssuedToken]:
    """``oauthcore.testing.token_for``, with the database: ``oauth_token_for(ada, ["notes.read"])``."""
    from oauthcore.testing import token_for

    return token_for


@pytest.fixture
def oauth_sign_in_token_for(db: Any) -> Callable[..., IssuedToken]:
    """``oauthcore.testing.sign_in_token_for``, with the database."""
    from oauthcore.testing import sign_in_token_for

    return sign_in_token_for


@pytest.fixture
def oauth_service_token(db: Any) -> Callable[..., IssuedToken]:
    """``oauthcore.testing.service_token``, with the database: ``oauth_service_token(["notes.read"])``."""
    from oauthcore.testing import service_token

    return service_token


@pytest.fixture(autouse=True)
def _oauthcore_memory() -> None:
    """A limit that one test reaches is not reached in the next."""
    if (
        "oauthcore.recording.writing" in sys.modules
    ):  # there is nothing to forget before Django has loaded the app
        from oauthcore.testing import forget

        forget()
