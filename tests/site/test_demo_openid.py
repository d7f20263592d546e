"""The applications of the demo that sign people in with OpenID Connect (wire §7)."""

from __future__ import annotations

import pytest

from oauthcore.models import Application
from tests.support.reference_site.demo import demo_object

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("it is about arguments and what is printed")]

OPENID = {"openid", "profile", "email"}


def test_two_applications_sign_people_in_and_take_them_back_after_a_logout(demo, settings):
    signing_in = {one["client_id"]: one for one in demo["applications"] if OPENID & set(one["scopes"])}
    shop = settings.LUMEN_PRINTS_URL

    assert set(signing_in) == {"light-table", "lumen-prints"}
    assert set(signing_in["light-table"]["scopes"]) >= OPENID
    assert set(signing_in["lumen-prints"]["scopes"]) == OPENID
    assert signing_in["light-table"]["post_logout_redirect_uris"] == ["http://127.0.0.1:8801/loggedout"]
    assert signing_in["lumen-prints"]["post_logout_redirect_uris"] == [f"{shop}/logged-out"]


def test_lumen_prints_finds_its_secret_in_its_folder(settings, tmp_path):
    settings.LUMEN_PRINTS_FOLDER = str(tmp_path / "shop")

    secret = next(one for one in demo_object()["applications"] if one["client_id"] == "lumen-prints")

    file = tmp_path / "shop" / "client_secret"
    assert file.read_text() == secret["client_secret"]
    assert (file.stat().st_mode & 0o077, list(file.parent.iterdir())) == (0, [file])


@pytest.mark.parametrize(
    ("reaches_it", "uri"), [(True, "http://127.0.0.1:8001/backchannel-logout"), (False, "")]
)
def test_lumen_prints_is_told_of_logouts_where_the_site_may_send_to_this_machine(settings, reaches_it, uri):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": reaches_it}

    demo_object()

    assert Application.objects.get(client_id="lumen-prints").backchannel_logout_uri == uri
