"""Every signal."""

from __future__ import annotations

from docs_site.from_code.comments import described_names
from docs_site.from_code.markdown import code, table
from oauthcore import signals


def page() -> str:
    """Return the page."""
    sentences = described_names(signals)
    return (
        "# Signals, read from the code\n\n"
        "The signals of `oauthcore.signals`. [Signals](signals.md) shows how to receive them.\n\n"
        + table(("signal", "when it is sent"), [(code(name), sentences[name]) for name in signals.__all__])
    )
