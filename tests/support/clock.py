"""The time at which tests begin that stop the clock."""

from datetime import UTC, datetime

NOON = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
