"""An imported token that has leaked is ended like any other."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from oauthcore.models import Grant
from tests.support.imported import ACCESS, REFRESH, accepts, import_token
from tests.support.oauth import is_live

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("what a line holds is read in Python")]


def test_an_imported_token_in_a_file_ends_and_another_word_is_foreign(settings: Any, tmp_path: Path):
    accepts(settings, "django-oauth-toolkit")
    import_token(ACCESS)
    import_token(REFRESH, is_refresh=True)
    leaked, printed = tmp_path / "leaked.txt", StringIO()
    leaked.write_text(f"{ACCESS}\n{REFRESH}\nsomethingelse{REFRESH}\n")

    call_command("revoke_leaked", str(leaked), json=True, stdout=printed)

    assert [json.loads(line)["outcome"] for line in printed.getvalue().splitlines()] == [
        "ended",
        "ended",
        "foreign",
    ]
    assert not is_live(ACCESS)
    assert not Grant.objects.filter(revoked_at=None).exists()
