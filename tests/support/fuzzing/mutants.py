"""Sites that are broken on purpose: each lets one token live that has to be dead, or the other way round.

Each names the rules that lead to it. With these alone it is found in a few examples.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from oauthcore.flows.oauth import imported_secrets
from oauthcore.flows.passwords import rehashes
from oauthcore.flows.tokens import redeem, slow_keys, verify
from oauthcore.models import DeviceAuthorization, Grant, PushedRequest, Token
from oauthcore.models.liveness import Revocable


@dataclass(frozen=True)
class Mutant:
    """A broken site, and the names of the rules that find it out."""

    plant: Callable[[pytest.MonkeyPatch], None]
    rules: tuple[str, ...]


MUTANTS: dict[str, Mutant] = {}


def found_by(*rules: str) -> Callable[[Callable[[pytest.MonkeyPatch], None]], None]:
    """Note a broken site that these rules find out."""

    def noted(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
        MUTANTS[plant.__name__] = Mutant(plant, rules)

    return noted


@found_by("change_password")
def forget_the_password(patch: pytest.MonkeyPatch) -> None:
    """A changed password ends nothing."""
    patch.setattr(Grant, "_obstacle_of_user", lambda self: None if self.user.is_active else "inactive")


@found_by("refresh", "get_access")
def let_replays_pass(patch: pytest.MonkeyPatch) -> None:
    """A spent refresh token is refused, and its grant goes on."""
    patch.setattr(redeem, "end_grant", lambda *_, **__: False)


@found_by("register_application", "ask_for_itself", "revoke")
def hold_every_token(patch: pytest.MonkeyPatch) -> None:
    """An application may revoke another's token."""
    patch.setattr(Token, "is_held_by", lambda self, application: True)


@found_by("make_service_token", "rotate_service_token")
def keep_old_secrets(patch: pytest.MonkeyPatch) -> None:
    """A rotation leaves the secret before it as it was."""
    patch.setattr(Revocable, "give_way", lambda self, **_: None)


@found_by("get_access", "sign_out", "revoke")
def remember_verdicts(patch: pytest.MonkeyPatch) -> None:
    """A process looks at each token once, and believes itself until it starts anew."""
    kept: dict[tuple[int, Any], str | None] = {}
    look = Token.obstacle

    def obstacle(self: Token, now: Any) -> str | None:
        return kept.setdefault((self.pk, self.digest), look(self, now))

    patch.setattr(Token, "obstacle", obstacle)


@found_by("poll")
def redeem_device_codes_twice(patch: pytest.MonkeyPatch) -> None:
    """A device code that has brought tokens brings others."""
    find = DeviceAuthorization.find_of

    def find_of(application: Any, secret: Any) -> DeviceAuthorization | None:
        DeviceAuthorization.objects.filter(digest=secret.digest).update(used_at=None)
        return find(application, secret)

    patch.setattr(DeviceAuthorization, "find_of", find_of)


@found_by("push", "bring")
def answer_pushed_requests_twice(patch: pytest.MonkeyPatch) -> None:
    """A request that was sent in advance is answered as often as it is brought."""
    patch.setattr(PushedRequest, "use", lambda self, **_: True)


@found_by("ask_for_itself")
def take_bound_tokens_as_bearer(patch: pytest.MonkeyPatch) -> None:
    """A token that is bound to a key needs no proof."""
    patch.setattr(verify, "require_holder", lambda shown, text, *, bound_to: None)


@found_by("change_hashers")
def end_grants_with_a_rehash(patch: pytest.MonkeyPatch) -> None:
    """A password that is hashed anew ends what a changed one ends."""
    saving = SimpleNamespace(was_overtaken=False)
    patch.setattr(rehashes, "_moving_grants_along", lambda user: nullcontext(saving))


@found_by("hash_secret")
def believe_any_secret(patch: pytest.MonkeyPatch) -> None:
    """Each text passes for the secret of an application that is there as a slow hash."""
    patch.setattr(imported_secrets, "check_password", lambda *_: True)


@found_by("import_key")
def believe_any_key(patch: pytest.MonkeyPatch) -> None:
    """Each text with its prefix passes for a key that is there as a slow hash."""
    patch.setattr(slow_keys, "check_password", lambda *_: True)
