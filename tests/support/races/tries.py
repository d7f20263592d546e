"""One process of several that try the same thing at the same time.

``python -m tests.support.races.tries NAME LIMIT TRIES [URL]`` says ``ready``, waits for a line, tries,
and says how often it was let through.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import django

SECONDS = 300
THREADS = 8


def main(name: str, most: str, tries: str, limiter_url: str = "") -> None:
    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.test import override_settings

    from oauthcore.limiter import Limit, count_try

    def let_through(_: int) -> bool:
        try:
            return count_try(Limit("race", int(most), SECONDS), name).wait is None
        finally:
            connections.close_all()

    with override_settings(OAUTHCORE={**settings.OAUTHCORE, "LIMITER_URL": limiter_url or None}):
        print("ready", flush=True)  # noqa: T201 - this is how it talks to the test
        sys.stdin.readline()
        with ThreadPoolExecutor(THREADS) as pool:
            print(sum(pool.map(let_through, range(int(tries)))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
