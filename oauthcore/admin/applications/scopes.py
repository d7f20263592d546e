"""Scopes on the screens of the admin: in words, in groups, and as boxes to tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext, pgettext_lazy

from oauthcore import conf
from oauthcore.flows.oauth import scope_words
from oauthcore.flows.oauth.scope_words import ScopeInWords, in_groups
from oauthcore.rules.oauth.scopes import Level

LEVELS = {
    Level.OPEN: pgettext_lazy("scope", "Open"),
    Level.APPROVAL: pgettext_lazy("scope", "Needs approval"),
    Level.STAFF: pgettext_lazy("scope", "Only staff give it"),
}


def in_words(names: Iterable[str]) -> SafeString:
    """Return an HTML list of scopes in words, with their names. Sensitive scopes are marked."""
    lines = ((one.description, one.name, _marked(one)) for one in in_order(names))
    return format_html_join("", "<div>{} <code>{}</code>{}</div>", lines)


def named(scopes: Iterable[ScopeInWords]) -> SafeString:
    """Return an HTML list of the names of scopes, for a column of a list."""
    lines = ((one.name, _marked(one)) for one in scopes)
    return format_html_join("", "<div><code>{}</code>{}</div>", lines)


def in_order(names: Iterable[str]) -> list[ScopeInWords]:
    """Return scopes in words, in the order in which pages show them."""
    return [scope for group in in_groups(names) for scope in group.scopes]


def _marked(scope: ScopeInWords) -> SafeString:
    return format_html_join("", ' <span class="oauthcore-mark">{}</span>', ((one,) for one in _marks(scope)))


def _marks(scope: ScopeInWords) -> list[str]:
    return [pgettext("scope", "Sensitive")] if scope.is_sensitive else []


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (group.title, [(scope.name, scope.description) for scope in group.scopes])
        for group in in_groups(conf.settings().vocabulary.words)
    ]


class ScopeBoxes(forms.CheckboxSelectMultiple):
    """A box for each scope of the site, under the titles of their groups."""

    template_name = "oauthcore/admin/applications/scope_boxes.html"

    class Media:
        css = {"all": ["oauthcore/admin.css"]}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one box, with the notes about its scope."""
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "marks": [*self.levels(value), *_marks(scope_words.in_words(value))]}

    def levels(self, scope: str) -> list[Any]:
        """Return who may give this scope to an application, if its developer may not."""
        level = conf.settings().vocabulary.level_of(scope)
        return [] if level is Level.OPEN else [LEVELS[level]]


class AccountScopeBoxes(ScopeBoxes):
    """Boxes for a token without a person. Scopes on account data come first; others are folded."""

    template_name = "oauthcore/admin/applications/account_scope_boxes.html"

    def levels(self, scope: str) -> list[Any]:
        """Return nothing, because levels are for applications only."""
        return []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the context: ``groups``, and ``folded`` groups, open if a box in them is ticked."""
        context = super().get_context(name, value, attrs)
        of_accounts = conf.settings().vocabulary.account_scopes
        groups = [group for group in context["widget"]["optgroups"] if _is_of(group, of_accounts)]
        folded = [group for group in context["widget"]["optgroups"] if group not in groups]
        if not groups:
            groups, folded = folded, []
        is_open = any(option["selected"] for _title, options, _index in folded for option in options)
        return {**context, "groups": groups, "folded": folded, "is_open": is_open}


def _is_of(group: Any, scopes: frozenset[str]) -> bool:
    return any(option["value"] in scopes for option in group[1])


class ScopesField(forms.MultipleChoiceField):
    """Any scopes of the site. Changes are compared with what was ticked when the page was shown."""

    def __init__(self, widget: type[ScopeBoxes] = ScopeBoxes, **how: Any) -> None:
        # A scope may be approved while the page is open. Saving the page must not remove it again.
        super().__init__(choices=_choices, widget=widget, show_hidden_initial=True, **how)

    def prepare_value(self, value: Any) -> list[str]:
        """Return the scopes that have a box. A scope that the site no longer has has no box."""
        return sorted(name for name in value or () if name in conf.settings().vocabulary)
