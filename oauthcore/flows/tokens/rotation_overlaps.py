"""Overlaps: for how long the secret before a new one may live on, as people choose it.

Client secrets and service tokens are rotated by the same choices (``oauthcore.models.liveness`` does it).
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy, pgettext_lazy

#: For each choice: when the secret before ends, as the choice of a form and as a sentence.
_WORDS = {
    timedelta(): (
        pgettext_lazy("when the previous secret ends", "At once"),
        gettext_lazy("The previous secret has ended."),
    ),
    timedelta(hours=1): (
        pgettext_lazy("when the previous secret ends", "In 1 hour"),
        gettext_lazy("The previous secret ends in 1 hour."),
    ),
    timedelta(days=1): (
        pgettext_lazy("when the previous secret ends", "In 1 day"),
        gettext_lazy("The previous secret ends in 1 day."),
    ),
    timedelta(days=7): (
        pgettext_lazy("when the previous secret ends", "In 7 days"),
        gettext_lazy("The previous secret ends in 7 days."),
    ),
    timedelta(days=30): (
        pgettext_lazy("when the previous secret ends", "In 30 days"),
        gettext_lazy("The previous secret ends in 30 days."),
    ),
}

#: The default.
USUAL_OVERLAP = timedelta(days=1)


def overlap_choices() -> list[dict[str, object]]:
    """Return the choices of a form: ``value`` in seconds, ``words`` that say when the secret before ends.

    One of them ``is_usual``.
    """
    return [
        {"value": int(one.total_seconds()), "words": words, "is_usual": one == USUAL_OVERLAP}
        for one, (words, _sentence) in _WORDS.items()
    ]


def parse_overlap(text: str) -> timedelta | None:
    """Return the overlap that was chosen, or None for anything that is not offered."""
    return next((one for one in _WORDS if text == str(int(one.total_seconds()))), None)


def overlap_in_words(overlap: timedelta) -> str:
    """Return a sentence that says when the secret before a new one ends."""
    _choice, sentence = _WORDS[overlap]
    return str(sentence)
