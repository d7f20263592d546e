"""Writing the counts in memory to the database after an answer, so that no request waits."""

from __future__ import annotations

from typing import Any

from django.core.signals import request_finished
from django.dispatch import receiver

from oauthcore.recording import events, last_uses, legacy_use, refusals, usage
from oauthcore.recording.batch_writer import Writer, is_test_run, write_in_a_test

#: All batches of this process.
BATCHES = (
    usage.batch,
    last_uses.secrets,
    last_uses.keys,
    last_uses.issuers,
    legacy_use.batch,
    events.refusals,
    refusals.batch,
)


#: Writes them on a thread of its own.
writer = Writer(BATCHES)


@receiver(request_finished, dispatch_uid="oauthcore.batches")
def write_batches(sender: Any = None, **_: Any) -> None:
    """Write the counts after the answer was sent: the receiver of ``request_finished``."""
    if is_test_run():
        write_in_a_test(BATCHES, handler=sender)
    else:
        writer.notice()
