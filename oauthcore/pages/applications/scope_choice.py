"""Choosing scopes on a form: in words, by group, with three marks each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from oauthcore import conf
from oauthcore.flows.oauth.scope_words import in_groups
from oauthcore.pages.applications.forms import ApplicationForm

#: With no more scopes than this, all groups are open from the start.
_FEW = 12


def scope_choice(form: ApplicationForm) -> dict[str, Any]:
    """Return ``groups`` of the scopes to choose from, and ``barred``, those that take staff to give.

    A group has ``title``, ``is_open`` and ``scopes``: ``name``, ``description``, ``is_sensitive``, and the
    three marks as they were sent, or as they are: ``is_chosen``, ``is_default``, ``is_required``.
    """
    vocabulary = conf.settings().vocabulary
    marks = {
        mark: set(form[field].value() or ())
        for mark, field in (
            ("is_chosen", "scopes"),
            ("is_default", "default_scopes"),
            ("is_required", "required_scopes"),
        )
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    barred = []
    for group in in_groups(vocabulary.words):
        for scope in group.scopes:
            row = asdict(scope) | {mark: scope.name in marked for mark, marked in marks.items()}
            if vocabulary.may_be_taken(scope.name, had=form.has):
                groups.setdefault(group.title, []).append(row)
            else:
                barred.append(row)
    is_short = sum(map(len, groups.values())) <= _FEW
    return {
        "groups": [
            {
                "title": title,
                "scopes": rows,
                "is_open": is_short or any(any(row[mark] for mark in marks) for row in rows),
            }
            for title, rows in groups.items()
        ],
        "barred": barred,
    }
