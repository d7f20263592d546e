"""What ``make demo`` prints for people: where to go, as whom, and what each application is there for."""

from __future__ import annotations

import pytest

from tests.support.reference_site.demo import demo_data

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the text that a command prints"),
]


def test_the_banner_says_what_to_open_who_to_be_and_what_to_type(settings):
    banner = demo_data()

    assert f"{settings.OAUTHCORE['ISSUER']}/" in banner
    assert "moonlight-over-the-bay" in banner
    assert "curl -s -u 'light-table:" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/oauth/applications/" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/oauth/connections/" in banner
    assert "curl -s -H 'Authorization: Bearer ref_api_live_" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/mcp" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/oauth/device_authorization" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/oauth/register" in banner
    assert f"{settings.LUMEN_PRINTS_URL}/" in banner


def test_the_line_that_registers_an_application_sends_what_is_accepted(client):
    line = next(text for text in demo_data().splitlines() if "/oauth/register" in text)

    answer = client.post(
        "/oauth/register", line.split("-d '")[1].split("'")[0], content_type="application/json"
    )

    assert answer.status_code == 201
    assert answer.json()["client_name"] == "Photo Tool"


@pytest.mark.parametrize(
    ("issuer", "line"),
    [
        ("http://127.0.0.1:8000", "  DEBUG=1 .venv/bin/python manage.py …"),
        (
            "http://127.0.0.1:9000",
            "  DEBUG=1 OAUTHCORE_ISSUER=http://127.0.0.1:9000 .venv/bin/python manage.py …",
        ),
    ],
)
def test_commands_are_printed_with_the_port_that_the_demo_has(issuer, line, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": issuer}

    banner = demo_data()

    assert line in next(text for text in banner.splitlines() if text.startswith("  Commands "))
    assert all(issuer in text for text in banner.splitlines() if "curl " in text)


def test_the_banner_says_of_each_application_what_it_is_there_for():
    lines = {line.split()[0]: line for line in demo_data().splitlines() if line.startswith("    ")}

    assert lines["light-table"].endswith(" confidential")
    assert lines["pocket-darkroom"].endswith(" public")
    assert lines["print-shop"].endswith(
        " confidential, may introspect, may exchange tokens, a company may manage its access"
    )
    assert lines["night-train"].endswith(
        " confidential, client credentials only, signs with a key, tokens bound to a key"
    )
    assert lines["living-room"].endswith(" public, a television, for the device page")
    assert lines["contact-sheet"].endswith(" legacy, confidential")
    assert lines["picture-frame"].endswith(" legacy, public, implicit grant only")
