"""REST framework's settings may name anything of ``oauthcore.api.drf``, whichever of the two loads first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.markdown import ROOT

pytestmark = pytest.mark.sqlite_only("the processes it starts ask no database")

PROGRAM = """
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "oauthcore"],
    OAUTHCORE={{"ISSUER": "http://127.0.0.1:8000"}},
    REST_FRAMEWORK={{
        "DEFAULT_AUTHENTICATION_CLASSES": ["oauthcore.api.drf.BearerAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["oauthcore.api.drf.Public"],
        "DEFAULT_PARSER_CLASSES": ["oauthcore.api.drf.StrictJSONParser"],
        "EXCEPTION_HANDLER": "oauthcore.api.drf.exception_handler",
    }},
)
django.setup()
import {first}
from rest_framework.views import APIView

view = APIView()
print(view.authentication_classes, view.permission_classes, view.parser_classes, view.get_exception_handler())
"""


@pytest.mark.parametrize("first", ["rest_framework.views", "oauthcore.api.drf"])
def test_views_have_what_the_settings_name(first):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for name in ("BearerAuthentication", "Public", "StrictJSONParser", "exception_handler"):
        assert name in done.stdout
