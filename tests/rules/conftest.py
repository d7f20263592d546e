"""How Hypothesis searches: as long as it needs on a busy machine, and the same way on every machine.

``make fuzz`` searches elsewhere each time, and for longer: ``OAUTHCORE_FUZZ_EXAMPLES`` says how long.
"""

import os

import pytest
from hypothesis import settings


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.sqlite_only("rules take values and give values, and never ask a database"))


settings.register_profile("oauthcore", deadline=None, derandomize=True, database=None)
if examples := os.environ.get("OAUTHCORE_FUZZ_EXAMPLES"):
    settings.register_profile("oauthcore", deadline=None, database=None, max_examples=int(examples))
settings.load_profile("oauthcore")
