"""What a site does not use is not loaded: a library comes with the first JWT, or with its switch."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

PROGRAM = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient
from django.test import Client
answer = OAuthClient(register()).token(grant_type="client_credentials")
token = answer.json()["access_token"]
me = Client().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
print(answer.status_code, me.status_code, "joserfc" in sys.modules)
from oauthcore.rules.jose.public_keys import parse_key_set
from oauthcore.rules.jose.signed import parse
import oauthcore.urls
print("joserfc" in sys.modules)
print(sorted({"prometheus_client", "opentelemetry"} & set(sys.modules)))
"""


def test_tokens_are_made_and_checked_without_a_jose_library():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["200", "200", "False", "False", "[]"], done.stdout
