"""Sending logout tokens to applications (OpenID Connect Back-Channel Logout §2.5).

Each application gets its deliveries one after the other, several applications at the same time. If one does
not answer, all its deliveries wait, so that it does not hold the others up. Two runs at once never send one
delivery at the same moment.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils import timezone

from oauthcore import conf
from oauthcore.models import Application, LogoutDelivery, signing
from oauthcore.models.logout_deliveries import LONGEST
from oauthcore.outgoing.forms import send_form
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.oidc.logout import LOGOUT_TOKEN, logout_claims
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.https_urls import HttpsURL
from oauthcore.rules.wire.networks import Network

logger = logging.getLogger("oauthcore")

#: How many deliveries a run sends at most, and to how many applications.
MOST, MOST_APPLICATIONS = 500, 200
#: To how many applications it sends at the same time.
_AT_ONCE = 8
#: Some servers answer 204 where the specification asks for 200 (§2.8).
_DELIVERED = (200, 204)


@dataclass(frozen=True)
class _Answer:
    """The result of a delivery. ``outcome`` is for the developer of the application."""

    outcome: str
    was_delivered: bool = False


def send_due(*, now: datetime, most: int = MOST) -> Counter[bool]:
    """Send the logout tokens that are due; return how many were delivered or not.

    It blocks for seconds, and is never called in a transaction.
    """
    counted: Counter[bool] = Counter()
    if not conf.settings().OPENID_CONNECT:
        return counted
    waiting = deque(LogoutDelivery.objects.due_applications(now)[:MOST_APPLICATIONS])
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="oauthcore-logout") as pool:
        while waiting and counted.total() < most:
            numbers = [waiting.popleft() for _ in range(min(_AT_ONCE, len(waiting)))]
            claimed = [one for number in numbers if (one := _claim_next(number)) is not None]
            for delivery, sent in [(one, pool.submit(_prepared(one))) for one in claimed]:
                answer = sent.result()
                counted[answer.was_delivered] += 1
                _settle(delivery, answer)
                if answer.was_delivered:
                    waiting.append(delivery.application_id)
    return counted


def _claim_next(application: int) -> LogoutDelivery | None:
    """Claim the next delivery of an application that can be sent; drop those that cannot."""
    while True:
        now = timezone.now()
        found = LogoutDelivery.objects.due(now).filter(application=application)
        delivery = found.select_related("application").first()
        if delivery is None:
            return None
        if not delivery.claim(now=now):
            continue
        problem = _obstacle(delivery, now)
        if problem is None:
            return delivery
        delivery.drop(problem, now=now)


def _obstacle(delivery: LogoutDelivery, now: datetime) -> str | None:
    """Return why a delivery is not sent at all, or None."""
    application = delivery.application
    if not application.is_live:
        return "The application was switched off meanwhile."
    if not application.backchannel_logout_uri:
        return "The application has no backchannel_logout_uri any more."
    if delivery.sid is None and application.backchannel_logout_session_required:
        return "The application requires a sid, and the access that ended had none."
    return "It was not sent for a day." if delivery.created_at <= now - LONGEST else None


def _prepared(delivery: LogoutDelivery) -> Callable[[], _Answer]:
    """Return a function that sends a delivery, without using the database."""
    may_be_loopback = conf.settings().METADATA_DOCUMENT_LOOPBACK
    try:
        url = HttpsURL.parse(delivery.application.backchannel_logout_uri, may_be_loopback=may_be_loopback)
        return partial(_send, url, _token_of(delivery), _networks_of(delivery.application))
    except ValueError as problem:
        return partial(_Answer, f"The backchannel_logout_uri cannot be used. {problem}")
    except TemporarilyUnavailable as refusal:
        logger.error("a logout token cannot be signed: %s", refusal.reason)
        return partial(_Answer, "This site has no key to sign with.")


def _networks_of(application: Application) -> Collection[Network]:
    """Return the private networks that its logout tokens may go to.

    An application that registered itself has none, unless staff know it. Otherwise anybody could have
    requests sent there, and would see which addresses answer.
    """
    return () if application.is_stranger else conf.settings().logout_token_networks


def _token_of(delivery: LogoutDelivery) -> HiddenText:
    """Return a new logout token, signed as the id tokens of the application are."""
    application = delivery.application
    claims = logout_claims(
        issuer=conf.issuer(),
        client_id=application.client_id,
        subject=str(delivery.subject),
        sid=None if delivery.sid is None else str(delivery.sid),
        identifier=secrets.token_urlsafe(16),
        now=int(timezone.now().timestamp()),
    )
    algorithm = application.id_token_signed_response_alg
    return signing.sign(claims, type_=LOGOUT_TOKEN, algorithm=algorithm)


def _send(url: HttpsURL, token: HiddenText, networks: Collection[Network]) -> _Answer:
    try:
        status = send_form(url, {"logout_token": token}, networks=networks)
    except NotFetched as problem:
        return _Answer(str(problem))
    return _Answer(f"The answer has the status {status}.", was_delivered=status in _DELIVERED)


def _settle(delivery: LogoutDelivery, answer: _Answer) -> None:
    """Note the answer; after a failure, all deliveries of the application wait as long as this one."""
    now = timezone.now()
    delivery.settle(answer.outcome, was_delivered=answer.was_delivered, now=now)
    if not answer.was_delivered:
        logger.info("a logout token was not delivered: %s", answer.outcome)
        delivery.postpone_others(now=now)
