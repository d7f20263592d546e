"""Expiry notices: writing to the contact of a service token before it expires."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import models

from oauthcore import conf
from oauthcore.flows.notices import mail
from oauthcore.flows.service_tokens.lists import Listed, Wanted, listed, matching
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.languages import spoken_to
from oauthcore.models import ExpiryNotice, ServiceToken
from oauthcore.rules.text.names import quoted


def send_expiry_notices(*, now: datetime) -> Counter[bool]:
    """Write to the contacts of live service tokens that expire soon; return how many went out or failed.

    Each mail is sent at most once for a token, its expiry and a number of days (``EXPIRY_NOTICES``). If
    several are due, only the most urgent is sent. Two runs at the same time do not send a mail twice.
    """
    counted: Counter[bool] = Counter()
    notices = sorted(conf.settings().EXPIRY_NOTICES)
    if not notices:
        return counted
    tokens = matching(Wanted(expiring_days=notices[-1]), now=now).exclude(contact="")
    for one in listed(tokens, now=now):
        was_sent = _send(one, _most_urgent(one, notices, now), now)
        if was_sent is not None:
            counted[was_sent] += 1
    return counted


def _most_urgent(one: Listed, notices: list[int], now: datetime) -> int:
    expires_at = one.token.expires_at or now
    return next(days for days in notices if expires_at - now <= timedelta(days=days))


def _send(one: Listed, days: int, now: datetime) -> bool | None:
    """Send one notice; return whether that worked, or None if it must not be sent."""
    token = one.token
    if _was_sent(one, days):  # the usual case, without a write
        return None
    account, is_vouched = find_account(token, token.account_uuid)
    notice = ExpiryNotice.claim(token, days=days, now=now) if is_vouched else None
    if notice is None:
        return None
    if not _is_as_listed(token):
        notice.settle(was_sent=False, now=now)
        return None
    context = {
        "name": quoted(token.label),
        "account": quoted(account.name) if account else "",
        "hints": one.hints,
        "expires_at": token.expires_at,
        "last_used_at": one.last_used_at,
        "issuer": conf.issuer(),
    }
    with spoken_to(""):  # the site does not know the language of a contact
        was_sent = mail.send("token_expires", context, to=token.contact)
    notice.settle(was_sent=was_sent, now=now)
    return was_sent


def _is_as_listed(token: ServiceToken) -> bool:
    """Return whether the token is unchanged: staff may have changed it while earlier mails were sent."""
    rows = ServiceToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    return rows.filter(contact=token.contact, expires_at=token.expires_at).exists()


def _was_sent(one: Listed, days: int) -> bool:
    sent = one.token.expiry_notices.filter(sent_at__isnull=False)
    return sent.filter(models.Q(expires_at=one.token.expires_at), days=days).exists()
