"""The definition of a grant type of the token endpoint (RFC 6749 §1.3, §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.models import Issued
from oauthcore.rules.wire.parameters import Parameters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, eq=False)
class TokenGrantType:
    """A grant type: its name, its parameters, and its exchange.

    ``exchange`` is called only if the application may use it and all ``required`` parameters were sent.
    """

    name: str
    label: StrOrPromise
    #: The text beside its checkbox for developers. Without text, only staff can choose it.
    words: StrOrPromise
    exchange: Callable[[Client, Parameters], Issued]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    #: The parameters that may be sent more than once.
    several: tuple[str, ...] = ()
    #: Whether only an application with a secret may use it.
    needs_secret: bool = False
    #: Whether it gives refresh tokens to an application that may use them.
    gives_refresh_tokens: bool = False
    #: Whether the application asks for itself. Then authentication also reads its own grant.
    is_for_itself: bool = False
    #: The setting that switches it on; without setting it is always on.
    switch: str = ""

    @property
    def is_on(self) -> bool:
        """Whether the site has it."""
        return not self.switch or self.switch in conf.settings().switched_on
