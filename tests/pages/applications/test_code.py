"""Programs to start with, and the file with an application's values."""

from __future__ import annotations

import pytest

from oauthcore.models import Application, GrantType
from oauthcore.pages.applications.code.snippets import languages_for
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND

pytestmark = pytest.mark.sqlite_only("texts of a page that reads one row")

LANGUAGES = ["curl", "Python (httpx)", "Python (Authlib)", "JavaScript"]
LOGIN, ITSELF = GrantType.AUTHORIZATION_CODE.value, GrantType.CLIENT_CREDENTIALS.value


def shown(application):
    """Return the languages with the ends of the ids of their programs."""
    return {
        one.name: [snippet.id.rpartition("-")[2] for snippet in one.snippets]
        for one in languages_for(application)
    }


@pytest.mark.parametrize(
    ("values", "programs"),
    [
        ({"grant_types": [LOGIN]}, ["login"]),
        ({"grant_types": [ITSELF]}, ["itself"]),
        ({"grant_types": [LOGIN, ITSELF]}, ["login", "itself"]),
        ({"grant_types": [LOGIN], "client_type": "public"}, ["login"]),
    ],
)
def test_the_page_shows_programs_for_what_the_application_may_do(grace, values, programs):
    application = grace.has(**values)

    assert shown(application) == dict.fromkeys(LANGUAGES, programs)
    page = grace.see(application).content.decode()
    for name in LANGUAGES:
        assert f"<summary>{name}</summary>" in page
    assert page.count('data-copy="code-') == 4 * len(programs)


def test_a_redirect_uri_that_shows_a_code_gets_no_program_that_waits_for_an_address(grace):
    application = grace.has(profile="oauth2.0", redirect_uris=[OUT_OF_BAND], grant_types=[LOGIN])

    assert shown(application) == {}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("dpop_bound_access_tokens", "bound to a key (DPoP)"),
        ("uses_keys", "private_key_jwt"),
        ("requires_pushed_requests", "push its requests first"),
    ],
)
def test_an_application_that_needs_more_than_a_program_can_show_is_told_why_there_is_none(
    grace, press, column, words
):
    Application.objects.filter(pk=press.pk).update(**{column: True})

    page = grace.see(press).content.decode()

    assert words in page
    assert 'data-copy="code-' not in page


def test_no_program_and_no_file_has_a_secret(grace):
    registered = grace.register(grant_types=[LOGIN, ITSELF])
    secret, application = registered.context["secret"], registered.context["application"]

    page = grace.see(application).content.decode()

    assert secret not in page + grace.see(application, "env").content.decode()
    assert "CLIENT_SECRET" in page


def test_values_that_a_language_reads_as_code_are_quoted(grace):
    uri = "https://client.example/cb?a='$(id)'\";</script>"
    application = grace.has()
    application.redirect_uris = (uri,)

    texts = {one.name: one.snippets[0].text for one in languages_for(application)}

    compile(texts["Python (httpx)"], "program", "exec")
    assert "</script>" not in texts["JavaScript"]
    assert "'redirect_uri=https://client.example/cb?a='\"'\"'$(id)'\"'\"'" in texts["curl"]


def test_the_file_is_downloaded_with_a_line_for_the_secret(grace, press):
    answer = grace.see(press, "env")

    assert answer["Content-Disposition"] == f'attachment; filename="application-{press.pk}.env"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    lines = answer.content.decode().splitlines()
    assert f"CLIENT_ID={press.client_id}" in lines
    assert "ISSUER=https://testserver" in lines
    assert lines[-1] == "CLIENT_SECRET="


def test_the_file_of_a_public_application_has_no_line_for_a_secret(grace):
    text = grace.see(grace.has(client_type="public", grant_types=[LOGIN]), "env").content.decode()

    assert "SECRET" not in text
    assert "REDIRECT_URI=https://client.example/cb" in text


def test_an_application_without_redirect_uri_has_none_in_its_file(grace):
    text = grace.see(grace.has(grant_types=[ITSELF], redirect_uris=[]), "env").content.decode()

    assert "REDIRECT_URI" not in text


@pytest.mark.parametrize("how", ["registered", "rotated"])
def test_the_page_that_shows_a_new_secret_has_it_in_the_file_too(grace, press, how):
    answer = grace.register() if how == "registered" else grace.rotate(press)

    secret, page = answer.context["secret"], answer.content.decode()
    assert f"CLIENT_SECRET={secret}" in page
    assert 'data-download="env"' in page


def test_the_file_of_another_developer_is_not_found(press, grace):
    other = type(grace)()

    assert other.see(press, "env").status_code == 404


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        ({}, True),
        ({"is_enabled": False}, False),
        ({"grant_types": frozenset([ITSELF])}, False),
        ({"dpop_bound_access_tokens": True}, False),
    ],
)
def test_an_application_that_can_log_people_in_has_a_button_for_testing_it(grace, press, change, is_shown):
    Application.objects.filter(pk=press.pk).update(**change)

    assert ("Test this application" in grace.see(press).content.decode()) is is_shown


def test_a_site_without_a_page_for_it_has_no_button(grace, press, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TEST_PAGE": ""}

    assert "Test this application" not in grace.see(press).content.decode()
