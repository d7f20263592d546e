"""Lifting the limits of signing in, for somebody who cannot wait until they end by themselves."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from oauthcore import limiter
from oauthcore.accounts import User
from oauthcore.flows.passwords.credentials import find_person
from oauthcore.flows.passwords.password_tries import address_limit, login_limit, stranger_limit, whose_login
from oauthcore.flows.second_factor.code_tries import CodeKind, limit_of, pause_limit
from oauthcore.limiter import Limit
from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.wire.networks import Address, group_of, parse_address


def lift_limits(*, login: str | None = None, address: Address | None = None, by: User | None = None) -> int:
    """Forget the tries of a login, of an address, or both; return how many limits had counted something.

    ``by`` is who of the staff does it, where that is known.

    A login is tried anew from the address given or, without one, from every address where it was refused
    lately; the codes of its person are looked at again. An address may try any login again.
    """
    keys = {} if address is None else {address_limit().key(group_of(address)): address_limit()}
    user = None
    if login is not None:
        user = find_person(login)
        whose = whose_login(login, user=user)
        keys[stranger_limit().key(whose)] = stranger_limit()
        groups = [] if address is None else [group_of(address)]
        if user is not None:
            groups = groups or _refused_at(str(user.pk))
            keys |= _of_codes(str(user.pk))
        keys |= {login_limit().key(whose, group): login_limit() for group in groups}
    lifted = limiter.lift(keys)
    if lifted:
        reason = f"{lifted} limits, by staff"
        events.record(SecurityEvent.Kind.LIMITS_LIFTED, user=by or user, of=user, reason=reason)
    return lifted


def _of_codes(user_ref: str) -> dict[bytes, Limit]:
    limits = [limit for kind in CodeKind for limit in (limit_of(kind), pause_limit(kind))]
    return {limit.key(user_ref): limit for limit in limits}


def _refused_at(user_ref: str) -> list[str]:
    """Return where a person was refused lately; refusals are written after at most ``USAGE_INTERVAL``."""
    events.refusals.flush()
    since = timezone.now() - timedelta(seconds=login_limit().seconds)
    rows = SecurityEvent.objects.filter(
        kind=SecurityEvent.Kind.SIGN_IN_REFUSED, user_ref=user_ref, at__gt=since
    )
    return sorted({group_of(parse_address(text)) for text in rows.values_list("address", flat=True)})
