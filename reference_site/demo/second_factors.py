"""The demo's second factors. After every run the same people have TOTP, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User

from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import TOTPFactor, encryption
from oauthcore.rules.sign_in import recovery_codes, totp
from reference_site.demo.people import PEOPLE

#: The recovery codes of this run, by the user name of each person with a second factor.
RecoveryCodes = Mapping[str, Sequence[str]]


def install_second_factors(users: Mapping[str, User], *, now: datetime) -> RecoveryCodes:
    """Switch TOTP on with the known seed, or off. Return new recovery codes: digests alone are stored."""
    for person in PEOPLE:
        factor = TOTPFactor.of(users[person.username])
        if factor is not None and not person.totp_secret:
            remove_second_factor(factor, reason="by demo_data", now=now)
    return {
        one.username: _install(users[one.username], one.totp_secret, now) for one in PEOPLE if one.totp_secret
    }


def _install(user: User, secret: str, now: datetime) -> Sequence[str]:
    seed = encryption.encrypt(totp.key_from_text(secret), owner=str(user.pk))
    # A code that was used before this run can be used again.
    values = {"seed": seed, "last_step": -1, "confirmed_at": now}
    factor, _ = TOTPFactor.objects.update_or_create(user=user, defaults=values)
    codes = [recovery_codes.make() for _ in range(recovery_codes.HOW_MANY)]
    factor.replace_recovery_codes(codes)
    return [one.reveal() for one in codes]
