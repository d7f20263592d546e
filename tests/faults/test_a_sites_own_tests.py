"""A site's ``manage.py test`` keeps its database, on PostgreSQL with connections that stay open."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.serving import served

pytestmark = pytest.mark.postgres

#: Whatever Django has to ask a site with: on the test's thread, on others, and over a socket.
TESTS = """
import urllib.request

from django.conf import settings
from django.test import LiveServerTestCase, TestCase, TransactionTestCase, override_settings

from tests.support.factories import bearer

#: Every request's counts are due at once, as the first ones of a process are.
AT_ONCE = settings.OAUTHCORE | {"USAGE_INTERVAL": 0}


class Asked:
    def headers(self):
        return {"authorization": f"Bearer {bearer()}"}

    def test_by_a_client(self):
        self.assertEqual(self.client.get("/v1/me", headers=self.headers()).status_code, 200)

    async def test_by_an_asynchronous_client(self):
        from asgiref.sync import sync_to_async

        headers = await sync_to_async(self.headers)()
        self.assertEqual((await self.async_client.get("/v1/me", headers=headers)).status_code, 200)


@override_settings(OAUTHCORE=AT_ONCE)
class InOneTransaction(Asked, TestCase):
    pass


@override_settings(OAUTHCORE=AT_ONCE)
class InTransactionsOfItsOwn(Asked, TransactionTestCase):
    pass


@override_settings(OAUTHCORE=AT_ONCE)
class OverASocket(Asked, LiveServerTestCase):
    def test_over_a_socket(self):
        asked = urllib.request.Request(f"{self.live_server_url}/v1/me", headers=self.headers())
        with urllib.request.urlopen(asked) as answer:
            self.assertEqual(answer.status, 200)
"""


def test_a_sites_tests_pass_and_their_database_can_be_removed(place, tmp_path):
    package = tmp_path / "mytests"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tests.py").write_text(TESTS)
    variables = served.environment(place, "http://127.0.0.1:8000")
    variables |= {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(served.ROOT)])}
    before = uses(place)

    done = subprocess.run(
        [sys.executable, str(served.ROOT / "manage.py"), "test", "--noinput", "mytests"],
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, "OK" in done.stderr) == (0, True), done.stderr
    assert "Ran 7 tests" in done.stderr
    assert "being accessed by other users" not in done.stderr
    assert uses(place) == before


def uses(place):
    return served.manage(
        place,
        "shell",
        "--verbosity=0",
        "--command",
        "from oauthcore.models import Usage; print(Usage.objects.count())",
    )
