"""What checks find of the hosts that documents of clients may come from."""

import pytest
from django.core.checks import run_checks

from oauthcore.outgoing import connecting

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("system checks read settings alone")]


def found(settings, *, deploy=False, **changes):
    settings.OAUTHCORE = {**settings.OAUTHCORE, **changes}
    return [one.id for one in run_checks(include_deployment_checks=deploy)]


@pytest.mark.parametrize("name", ["METADATA_DOCUMENT_HOSTS", "METADATA_DOCUMENT_REFUSED_HOSTS"])
@pytest.mark.parametrize("host", ["https://client.example", "client.example/", "client.example:443", "*", ""])
def test_an_entry_that_names_no_host_is_an_error(settings, name, host):
    assert "oauthcore.E050" in found(settings, **{name: [host]})


@pytest.mark.parametrize("host", ["client.example", "*.client.example", "localhost", "93.184.216.34", "::1"])
def test_an_entry_that_names_a_host_is_none(settings, host):
    assert "oauthcore.E050" not in found(settings, METADATA_DOCUMENT_HOSTS=[host])


def test_reading_documents_needs_a_library(settings, monkeypatch):
    assert "oauthcore.E051" not in found(settings, CLIENT_ID_METADATA_DOCUMENTS=True)
    monkeypatch.setattr(connecting, "find_spec", lambda name: None)

    assert "oauthcore.E051" in found(settings, CLIENT_ID_METADATA_DOCUMENTS=True)
    assert "oauthcore.E051" not in found(settings, CLIENT_ID_METADATA_DOCUMENTS=False)


def test_telling_applications_of_logouts_needs_the_same_library(settings, monkeypatch):
    assert "oauthcore.W051" not in found(settings, OPENID_CONNECT=True)
    monkeypatch.setattr(connecting, "find_spec", lambda name: None)

    assert "oauthcore.W051" in found(settings, OPENID_CONNECT=True)
    assert "oauthcore.W051" not in found(settings, OPENID_CONNECT=False)


def test_loopback_is_found_on_a_site_that_real_people_use(settings):
    assert "oauthcore.W050" in found(settings, deploy=True, METADATA_DOCUMENT_LOOPBACK=True)
    assert "oauthcore.W050" not in found(settings, deploy=True, METADATA_DOCUMENT_LOOPBACK=False)
    assert "oauthcore.W050" not in found(settings, deploy=True, METADATA_DOCUMENT_LOOPBACK="yes")
