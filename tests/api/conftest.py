"""What tests of the API ask for by name."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.recording.batches import Batch


@pytest.fixture
def unhurried(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that writes nothing by itself and counts no registrations, however long it is tested."""
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (1_000_000, 600)}
    # Counts come together in memory, and are written whenever the test happens to have run so long.
    monkeypatch.setattr(Batch, "flush_if_due", lambda self: False)
