"""One process of several that send the same request at the same instant.

``python -m tests.support.races.sender`` says ``ready``. Each line is JSON: a request, and when to send it
(``at``). It sends the request at that time, and says the status of the answer. It ends with its input.
"""

from __future__ import annotations

import json
import sys
import time

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client, override_settings

    # All requests but the first count as wrong ones. The limits are high, because they are not tested here.
    limits = {"CLIENT_SECRET_LIMIT": (1000, 60), "CLIENT_SECRET_ADDRESS_LIMIT": (1000, 60)}
    with override_settings(OAUTHCORE={**settings.OAUTHCORE, **limits}):
        connection.settings_dict["CONN_MAX_AGE"] = None
        Client().post("/oauth/token")  # loads what a first request loads, and connects
        print("ready", flush=True)  # noqa: T201 - this is how it talks to the test
        for line in sys.stdin:
            asked = json.loads(line)
            while time.time() < asked["at"]:
                pass
            answer = Client(headers=asked["headers"]).generic(
                asked["method"],
                asked["path"],
                asked["body"],
                content_type="application/x-www-form-urlencoded",
            )
            print(answer.status_code, flush=True)  # noqa: T201
        connection.close()


if __name__ == "__main__":
    main()
