"""The mutants that store something wrong, or count too late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from proof.mutants.mutant import Broken, Mutant
from proof.mutants.of_single_use import ONE_CODE


def _tokens_live_for_years() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import issuing

    return [(issuing, "access_token_end", lambda original, grant, now: now + timedelta(days=1000))]


def _secrets_in_labels() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models import Grant, issuing

    def row(original: Any, grant: Any, secret: Any, *rest: Any, **values: Any) -> Any:
        Grant.objects.filter(pk=grant.pk).update(label=f"last token: {secret.reveal()}")
        return original(grant, secret, *rest, **values)

    return [(issuing, "_row", row)]


def _counted_after_hashing() -> list[tuple[Any, str, Broken]]:
    from oauthcore.flows.passwords import credentials
    from oauthcore.flows.passwords.password_tries import NO_TRIES, count_password

    def authenticate(original: Any, *args: Any, **shown: Any) -> Any:
        found = original(*args, **shown)
        login = shown["username"]
        count_password(login, user=credentials.find_person(login))
        return found

    return [
        (credentials, "count_password", lambda original, login, *, user: NO_TRIES),
        (credentials, "authenticate", authenticate),
    ]


MUTANTS = (
    Mutant(
        "tokens_live_for_years",
        "the lifetime of access tokens is not what the settings say",
        "code_race",
        "I-12: an access token lives longer than the site or its application allows",
        ONE_CODE,
        _tokens_live_for_years,
    ),
    Mutant(
        "secret_in_a_label",
        "a token is written into a column that pages show",
        "code_race",
        "I-13: a column holds a secret in clear: oauthcore_grant.label",
        ONE_CODE,
        _secrets_in_labels,
    ),
    Mutant(
        "counted_after_hashing",
        "a try is counted after its password was hashed",
        "password_burst",
        " passwords were hashed, and the limit is ",
        {"clients": 12, "rounds": 1},
        _counted_after_hashing,
    ),
)
