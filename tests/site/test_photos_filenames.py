"""Names of pictures mean one plain file wherever they are saved or unpacked, on Windows too."""

from __future__ import annotations

import io
import ntpath
import zipfile
from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from reference_site.photos.filenames import plain_name
from reference_site.photos.models.images import MediaType
from tests.support.reference_site.factories import ImageFactory, picture

pytestmark = pytest.mark.sqlite_only("names are made plain in Python")

ID = UUID("6f1c2a34-0000-4000-8000-000000000001")
NAMELESS = f"{ID}.png"
NAMES = {
    "C:evil.png": "evil.png",
    "c:\\windows\\evil.exe": "evil.png",
    "..\\..\\evil.png": "evil.png",
    "../../evil.png": "evil.png",
    "/etc/passwd": "passwd.png",
    "\\\\server\\share\\evil.png": "evil.png",
    "photo.png:stream": "photo.png",
    "CON.png": NAMELESS,
    "nul": NAMELESS,
    "Com1.tar.png": NAMELESS,
    "lpt\u00b9.png": NAMELESS,
    "CONCERT.png": "CONCERT.png",
    'a<b>c"d|e?f*g.png': "abcdefg.png",
    "evil.png. . .": "evil.png.png",
    "...": NAMELESS,
    "": NAMELESS,
    ":": NAMELESS,
    "gp\u202egnp.exe": "gpgnp.png",
    "nu\0l.png": NAMELESS,
    "Strand im M\u00e4rz.png": "Strand im M\u00e4rz.png",
    "x" * 400: "x" * 195 + ".png",
}


@pytest.mark.parametrize(("given_name", "name"), NAMES.items())
def test_what_a_file_is_called(given_name, name):
    assert plain_name(given_name, ID, MediaType.PNG) == name


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for itself; from Python 3.13 on another function says so."""
    ask = getattr(ntpath, "isreserved", None)
    return bool(ask(name) if ask else PureWindowsPath(name).is_reserved())


@given(st.text() | st.text(st.sampled_from('C:\\/.. a"*?nulcom1')))
def test_whatever_was_given_it_is_one_file_in_the_folder_at_hand(given_name):
    name = plain_name(given_name, ID, MediaType.PNG)

    assert PureWindowsPath(name).parts == PurePosixPath(name).parts == (name,)
    assert not is_reserved(name)
    assert not PureWindowsPath(name).drive
    assert plain_name(name, ID, MediaType.PNG) == name


@pytest.mark.django_db
def test_a_picture_is_kept_under_a_plain_name(api, media_root):
    upload = SimpleUploadedFile("evil.png", picture(kind="PNG"))
    upload._name = "C:evil.png"

    made = api.post("/v1/uploads", {"image": upload}, format="multipart").json()

    assert made["filename"] == "evil.png"


@pytest.mark.django_db
def test_what_was_kept_before_is_given_out_under_a_plain_name(account, api, media_root):
    images = [
        ImageFactory(account=account, kind="PNG", filename=name)
        for name in ("C:evil.png", "..\\evil.png", "nul.png")
    ]

    answer = api.post("/v1/archives", {"images": [str(one.uuid) for one in images]}, format="json")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    single = api.get(f"/v1/images/{images[0].uuid}/download")

    assert archive.namelist() == ["evil.png", f"evil ({images[1].uuid}).png", f"{images[2].uuid}.png"]
    assert single["Content-Disposition"] == 'attachment; filename="evil.png"'
