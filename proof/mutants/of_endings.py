"""The mutants that do not end what has to end, or end what must not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from proof.mutants.mutant import Broken, Mutant
from proof.mutants.of_single_use import ONE_CODE, ONE_FAMILY

ONE_OF_EACH_ENDING = {"families": 0, "clients": 2, "endings": 1, "unrelated": 0}


def _rolled_back() -> list[tuple[Any, str, Broken]]:
    from oauthcore.flows.oauth.grants import authorization_code
    from oauthcore.flows.tokens import redeem
    from tests.support.races.mutants import end_grant_in_a_transaction_that_fails

    def end(original: Any, *args: Any, **how: Any) -> None:
        end_grant_in_a_transaction_that_fails(*args, **how)

    return [(authorization_code, "end_grant", end), (redeem, "end_grant", end)]


def _nothing_ends() -> list[tuple[Any, str, Broken]]:
    from oauthcore.flows.tokens import redeem

    return [(redeem, "end_grant", lambda original, *args, **how: False)]


def _only_the_chain_ends() -> list[tuple[Any, str, Broken]]:
    from oauthcore.flows.oauth import revocation
    from oauthcore.flows.sign_in import session_tokens
    from oauthcore.models import SecurityEvent, Token
    from oauthcore.recording import events

    def end(original: Any, grant: Any, reason: str, *, now: Any, **how: Any) -> bool:
        Token.objects.filter(grant=grant, kind="refresh", revoked_at=None).update(revoked_at=now)
        events.record(SecurityEvent.Kind.REVOKED, grant=grant, reason=reason, at=now)
        return True

    return [(revocation, "end_grant", end), (session_tokens, "end_grant", end)]


def _password_changes_nothing() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import grants

    return [(grants, "has_mark", lambda original, user, mark: True)]


def _everybody_is_active() -> list[tuple[Any, str, Broken]]:
    from reference_site.accounts.backend import MembershipBackend

    return [(MembershipBackend, "is_live_user", lambda original, backend, user: True)]


def _wrong_verifiers_end() -> list[tuple[Any, str, Broken]]:
    from django.utils import timezone

    from oauthcore.flows.tokens.ending import end_grant
    from oauthcore.models import AuthorizationCode

    def count(original: Any, code: Any) -> None:
        original(code)
        end_grant(code.grant, "a wrong verifier", now=timezone.now())

    return [(AuthorizationCode, "count_failure", count)]


def _kept_in_memory() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import Token

    known: dict[bytes, Any] = {}

    def find(original: Any, secret: Any) -> Any:
        return known.setdefault(secret.digest, original(secret))

    return [(Token, "find_access", find)]


def _ends_are_not_looked_at() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import AuthorizationCode, Token

    def obstacle(original: Any, row: Any, now: datetime) -> Any:
        return original(row, now - timedelta(minutes=1))

    return [(Token, "obstacle", obstacle), (AuthorizationCode, "obstacle", obstacle)]


def _no_event() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import SecurityEvent

    def add_with(original: Any, event: Any, deciding: Any, **values: Any) -> bool:
        return bool(deciding.update.run(**values))

    return [(SecurityEvent, "add_with", add_with)]


MUTANTS = (
    Mutant(
        "ends_are_not_looked_at",
        "codes and tokens are taken for a minute after their end",
        "expiry",
        "I-12: a token, code, challenge or grant was taken in a request that began after its end",
        {"clients": 4, "rounds": 1},
        _ends_are_not_looked_at,
    ),
    Mutant(
        "replay_rolled_back",
        "a replay ends the grant inside a transaction that the refusal undoes",
        "code_race",
        "race: the tokens live on although the code was replayed",
        ONE_CODE,
        _rolled_back,
    ),
    Mutant(
        "replay_ends_nothing",
        "a replayed refresh token is refused, and nothing ends",
        "refresh_storm",
        "storm: the family lives on although its token was replayed",
        ONE_FAMILY,
        _nothing_ends,
    ),
    Mutant(
        "revoke_forgets_access_tokens",
        "revoking and signing out end the refresh chain, and forget the access tokens",
        "refresh_storm",
        "I-7: a token was taken in a request that began after its family had ended",
        ONE_OF_EACH_ENDING,
        _only_the_chain_ends,
    ),
    Mutant(
        "password_ends_nothing",
        "a new password ends no tokens",
        "refresh_storm",
        "I-7: a token was taken in a request that began after its family had ended",
        ONE_OF_EACH_ENDING,
        _password_changes_nothing,
    ),
    Mutant(
        "inactive_people_pass",
        "whether a person is active is not asked",
        "refresh_storm",
        "I-7: a token was taken whose grant, person, application or membership is no more",
        ONE_OF_EACH_ENDING,
        _everybody_is_active,
    ),
    Mutant(
        "wrong_verifier_ends",
        "a stranger who saw a code can end its grant with a wrong verifier",
        "code_race",
        "wrong verifiers have ended the ",
        {**ONE_CODE, "widths": (), "wrong_verifiers": 1},
        _wrong_verifiers_end,
    ),
    Mutant(
        "token_kept_in_memory",
        "each process keeps what it has read of a token, and does not see that it ends",
        "refresh_storm",
        "I-7: a token was taken in a request that began after its family had ended",
        {**ONE_OF_EACH_ENDING, "uses": 8},
        _kept_in_memory,
    ),
    Mutant(
        "no_event",
        "a grant or token ends without its security event",
        "code_race",
        "I-14: ",
        ONE_CODE,
        _no_event,
    ),
)
