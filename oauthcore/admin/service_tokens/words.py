"""Service tokens in words, for the columns of the list and for their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from oauthcore import conf
from oauthcore.admin.applications.scopes import in_order, named
from oauthcore.admin.frame.times import day
from oauthcore.languages import size_in_words
from oauthcore.models import Grant, ServiceToken
from oauthcore.models.liveness import ENDS_SOON, has_passed

_SCOPES_SHOWN = 2


@admin.display(description=gettext_lazy("name"))
def name(token: Any) -> SafeString:
    """Return the name of a token, its contact, and who made it."""
    made_by = token.hands.made_by
    return format_html(
        '{}<div class="quiet oauthcore-breaks">{}</div><div class="quiet">{}</div>',
        token.label,
        token.contact,
        _("Made by %(person)s") % {"person": made_by} if made_by else "",
    )


@admin.display(description=gettext_lazy("account"))
def account(token: Any) -> SafeString | str:
    """Return the name of a token's account, or its UUID if the name is unknown."""
    if token.account_uuid is None:
        return whole_site()
    known = getattr(token, "account_name", None)
    if known:
        return str(known)
    uuid = format_html('<code class="oauthcore-breaks">{}</code>', token.account_uuid)
    if known is None:
        return uuid
    return format_html('{}<div class="oauthcore-pressing">{}</div>', uuid, pgettext("account", "not live"))


def whole_site() -> str:
    """Return the words for the account of a token of a site without accounts."""
    return _("The whole site")


def no_room() -> str:
    """Return the message for the largest number of live tokens."""
    if conf.settings().has_accounts:
        return _("This account has the largest number of service tokens that is allowed. Revoke one first.")
    return _("This site has the largest number of service tokens that is allowed. Revoke one first.")


@admin.display(description=gettext_lazy("scopes"))
def scopes(grant: Grant) -> SafeString | str:
    """Return the first scopes of a grant, and the number of the others."""
    every = in_order(grant.scopes)
    if not every:
        return pgettext("scopes", "None")
    more = _and_more(len(every) - _SCOPES_SHOWN)
    return format_html('{}<div class="quiet">{}</div>', named(every[:_SCOPES_SHOWN]), more)


@admin.display(description=gettext_lazy("limits"))
def limits(token: ServiceToken) -> SafeString:
    """Return where a token works from, and how large its requests may be."""
    size = token.max_request_bytes
    most = "" if size is None else _("up to %(size)s") % {"size": size_in_words(size)}
    return format_html('{}<div class="quiet">{}</div>', _networks(token), most)


def _networks(token: ServiceToken) -> SafeString | str:
    listed = token.allowed_networks
    if listed is None:
        return pgettext("works from", "Anywhere")
    if not listed:
        return mark(pgettext("works from", "Nowhere"), "wrong")
    more = format_html('<div class="quiet">{}</div>', _and_more(len(listed) - 1))
    return format_html("<code>{}</code>{}", listed[0], more)


@admin.display(description=gettext_lazy("state"))
def standing(token: Any) -> SafeString:
    """Return the state of a token, its expiry, and who ended it."""
    if token.revoked_at is not None:
        by = (
            pgettext("revoked", "by %(person)s") % {"person": token.hands.ended_by}
            if token.hands.ended_by
            else ""
        )
        return format_html(
            '{}<div class="quiet">{}</div><div class="quiet">{}</div>',
            state(token),
            day(token.revoked_at),
            by,
        )
    return format_html("{}<div>{}</div>", state(token), expiry(token))


def expiry(grant: Grant) -> SafeString | str:
    """Return the expiry of a grant as a date and in words. It is marked if it is soon or over."""
    at, now = grant.expires_at, timezone.now()
    if at is None:
        return format_html('<span class="quiet">{}</span>', pgettext("token", "never expires"))
    is_pressing = at <= now + ENDS_SOON and grant.revoked_at is None
    return format_html(
        '<span class="{}">{}</span><div class="quiet">{}</div>',
        "oauthcore-pressing" if is_pressing else "",
        _distance(at, now),
        day(at),
    )


def state(token: ServiceToken) -> SafeString:
    """Return a badge: live, expired or revoked."""
    if token.revoked_at is not None:
        return mark(pgettext("token", "Revoked"), "over")
    if has_passed(token.expires_at, timezone.now()):
        return mark(pgettext("token", "Expired"), "over")
    return mark(pgettext("token", "Live"), "live")


def mark(words: str, look: str) -> SafeString:
    """Return a badge in one of the looks ``live``, ``over`` and ``wrong``."""
    return format_html('<span class="oauthcore-mark oauthcore-mark-{}">{}</span>', look, words)


def _and_more(count: int) -> str:
    if count < 1:
        return ""
    return ngettext("and %(count)s more", "and %(count)s more", count) % {"count": count}


def _distance(at: datetime, now: datetime) -> str:
    if at <= now:
        return pgettext("expired", "%(time)s ago") % {"time": timesince(at, now, depth=1)}
    return pgettext("expires", "in %(time)s") % {"time": timeuntil(at, now, depth=1)}
