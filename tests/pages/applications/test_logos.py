"""Logos: drawn anew from what was uploaded, and sent to everybody who is to recognise an application."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from oauthcore.flows.applications import logos
from oauthcore.models import Application, ApplicationLogo, SecurityEvent
from tests.support.pages.developer import LIST, NEW, problems_in
from tests.support.pages.reading import text_of
from tests.support.statements import failing_at, statements

pytestmark = pytest.mark.sqlite_only("pictures are drawn by Pillow; their bytes are stored as they are")


def picture(file_format="PNG", size=(40, 20), color="red", **options):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, file_format, **options)
    return file.getvalue()


def upload(content, name="logo.png", content_type="image/png"):
    return SimpleUploadedFile(name, content, content_type)


def bomb(width, height):
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def address(application):
    return f"{LIST}{application.pk}/logo.png?v={Application.objects.get(pk=application.pk).logo_version}"


def drawn(application):
    return Image.open(io.BytesIO(Client().get(address(application)).content))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_becomes_a_square_png(grace, press, file_format):
    grace.change(press, logo=upload(picture(file_format, size=(600, 300))))

    logo = drawn(press)
    assert (logo.format, logo.size) == ("PNG", (256, 256))
    assert logo.getpixel((128, 128))[:1] > (200,)
    assert logo.getpixel((128, 5))[3] == 0


def test_a_small_logo_is_not_blown_up(grace, press):
    grace.change(press, logo=upload(picture(size=(40, 20))))

    assert drawn(press).size == (40, 40)


def test_nothing_but_its_points_is_kept_of_a_file(grace, press):
    secret = b"where I was on holiday"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    content = picture("JPEG", exif=exif) + b"<script>alert(1)</script>"

    grace.change(press, logo=upload(content))

    kept = bytes(ApplicationLogo.objects.get().png)
    assert secret in content
    assert secret not in kept
    assert b"<script>" not in kept


def test_a_logo_can_come_with_the_registration(grace):
    grace.register(logo=upload(picture()))

    assert drawn(Application.objects.get(owner=grace.user)).size == (40, 40)


def test_a_logo_is_shown_in_place_of_the_first_letter(grace, press):
    assert b'class="monogram"' in grace.see(press).content

    grace.change(press, logo=upload(picture()))

    page = grace.see(press).content.decode()
    assert f'src="{address(press)}"' in page
    assert 'class="monogram"' not in page


def test_a_logo_can_be_taken_away(grace, press):
    grace.change(press, logo=upload(picture()))
    before = address(press)

    grace.change(press, remove_logo="on")

    assert Client().get(before).status_code == 404
    assert not ApplicationLogo.objects.exists()


def test_another_logo_is_another_application_to_who_verified_it(grace):
    application = grace.has(is_verified=True, is_trusted=True)

    grace.change(application, logo=upload(picture()))

    changed = Application.objects.get(pk=application.pk)
    assert (changed.is_verified, changed.is_trusted) == (False, False)
    assert SecurityEvent.objects.get().reason == "logo"


def test_the_same_logo_again_is_no_change(grace, press):
    for _ in range(2):
        grace.change(press, logo=upload(picture()))

    assert SecurityEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a complete PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a complete PNG"),
        (picture()[:60], "not a complete PNG"),
        (picture("BMP"), "not a complete PNG"),
        (b"\x89PNG" + b"x" * 1024 * 1024, "larger than 1 MB"),
        (bomb(2501, 10), "wider or higher than 2500"),
        (bomb(12_000, 12_000), "wider or higher than 2500"),
        (bomb(60_000, 60_000), "wider or higher than 2500"),
        (bomb(2000, 2000), "not a complete PNG"),
    ],
    ids=["empty", "svg", "cut", "bmp", "heavy", "wide", "bomb", "larger bomb", "hollow"],
)
def test_what_no_logo_can_be_made_of_is_refused_at_its_field(grace, press, content, words):
    (said,) = problems_in(grace.change(press, logo=upload(content), name="Renamed"))["logo"]

    assert words in said
    assert not ApplicationLogo.objects.exists()


def test_a_form_that_comes_back_says_that_the_file_is_to_be_chosen_again(grace, press):
    response = grace.change(press, logo=upload(picture()), name="")

    assert "Please choose the file again" in response.content.decode()
    assert "Please choose the file again" not in grace.change(press, name="").content.decode()


def test_a_logo_is_sent_to_anybody_as_a_picture_and_nothing_else(grace, press):
    grace.change(press, logo=upload(picture()))
    where = address(press)

    with statements() as made:
        response = Client().get(where)

    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in response
    assert "Cookie" not in response.get("Vary", "")
    assert len(made) == 1


@pytest.mark.parametrize("version", ["", "0123456789abcdef", "%00", "x" * 5000, "0123456789ABCDEF"])
def test_a_logo_is_found_under_its_version_only(grace, press, version):
    grace.change(press, logo=upload(picture()))

    response = Client().get(f"{LIST}{press.pk}/logo.png?v={version}")

    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_applications_that_are_not_there_have_no_logo(db, number):
    assert Client().get(f"{LIST}{number}/logo.png?v=0123456789abcdef").status_code == 404


def test_a_deleted_application_has_no_logo(grace, press):
    grace.change(press, logo=upload(picture()))
    before = address(press)
    grace.send(press, "delete", name=press.name)

    assert Client().get(before).status_code == 404


def test_a_logo_says_when_to_come_back_while_the_database_is_away(grace, press):
    grace.change(press, logo=upload(picture()))
    where = address(press)

    with failing_at(1):
        response = Client().get(where)

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response["Cache-Control"] == "no-store"


def test_a_site_without_pillow_offers_no_logos(grace, press, monkeypatch):
    monkeypatch.setattr(logos, "find_spec", lambda name: None)

    assert "Logo" not in text_of(grace.get(NEW))
    grace.change(press, logo=upload(picture()))
    assert not ApplicationLogo.objects.exists()
