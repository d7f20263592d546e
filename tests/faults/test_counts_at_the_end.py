"""What a server process has counted is in the database after SIGTERM, whichever program it is."""

from __future__ import annotations

import json

import pytest
import requests

from tests.support.serving import served

COMMANDS = {
    "gunicorn sync": ["gunicorn", "reference_site.wsgi:application", "--workers=2", "--bind={at}"],
    "gunicorn gthread": served.COMMANDS["gunicorn"],
    "gunicorn preloaded": [*served.COMMANDS["gunicorn"], "--preload"],
    "uvicorn": served.COMMANDS["uvicorn"],
    "runserver": ["django", "runserver", "--noreload", "--nostatic", "{at}"],
}
TIMES = 20

COUNT = """
import json
from django.db.models import Sum
from oauthcore.models import ClientSecret, Refusal, SecurityEvent, Usage
print(json.dumps({
    "uses": Usage.objects.aggregate(sum=Sum("count"))["sum"] or 0,
    "refusals": Refusal.objects.count(),
    "events": SecurityEvent.objects.filter(kind="request_refused").aggregate(sum=Sum("count"))["sum"] or 0,
    "secrets": ClientSecret.objects.filter(last_used_at__isnull=False).count(),
}))
"""


def counted(place):
    return json.loads(served.manage(place, "shell", "--verbosity=0", "--command", COUNT))


@pytest.mark.parametrize("program", list(COMMANDS))
def test_all_counts_are_in_the_database_after_sigterm(program, place, demo):
    before = counted(place)
    site = served.start(program, place, demo, command=COMMANDS[program])

    token = site.post("/oauth/token", grant_type="client_credentials").json()["access_token"]
    assert {site.me(token).status_code for _ in range(TIMES)} == {200}
    refused = {"grant_type": "refresh_token", "refresh_token": "nonsense"}
    assert {site.post("/oauth/token", **refused).status_code for _ in range(TIMES)} == {400}
    site.server.stop()

    after = counted(place)
    assert {name: after[name] - before[name] for name in after} == {
        "uses": TIMES,
        "refusals": TIMES,
        "events": TIMES,
        "secrets": 1,
    }
    with pytest.raises(requests.ConnectionError):
        requests.get(site.url, timeout=5)
