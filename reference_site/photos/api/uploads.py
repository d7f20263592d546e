"""``POST /v1/uploads``: one picture, as a form's only file or as the body itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request
from rest_framework.response import Response

from oauthcore.api.drf import StrictMultiPartParser, WholeBody, content_length, require_as_it_is
from reference_site.accounts import roles
from reference_site.photos import pictures, storage
from reference_site.photos.api import answers, bodies, representations
from reference_site.photos.api.base import LibraryView, RequestTooLarge, account_uuid
from reference_site.photos.api.described import described
from reference_site.photos.models import Image
from reference_site.photos.models.images import MediaType
from reference_site.photos.streaming import CHUNK

_BODY = "body"
_TAKEN = "Send multipart/form-data with one file, or a file as image/jpeg, image/png or image/webp."
#: What a form may carry beside its file: fields, boundaries, headers.
_FORM_EXTRA = 64 * 1024
_FILE = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_SENT = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": _FILE, **dict.fromkeys(bodies.UploadFields().fields, _TEXT)},
        "required": ["file"],
        "additionalProperties": False,
    },
    **dict.fromkeys(MediaType.values, _FILE),
}
LARGEST_UPLOAD = settings.PHOTO_MAX_BYTES + _FORM_EXTRA


class CappedUpload(TemporaryFileUploadHandler):
    """Writes the file of a form onto the disk, and ends it when it grows past the library's limit."""

    _seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._seen += len(raw_data)
        if self._seen > settings.PHOTO_MAX_BYTES:
            raise RequestTooLarge
        super().receive_data_chunk(raw_data, start)

    def close(self) -> None:
        """Give up what was written: Django leaves it open when a later part of the form is refused."""
        if hasattr(self, "file"):
            self.file.close()


class RawPictureParser(BaseParser):
    """Reads a body that is the file itself, chunk by chunk, onto the disk."""

    media_type = "image/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        declared = (media_type or "").partition(";")[0].strip().lower()
        if declared not in MediaType.values:
            raise UnsupportedMediaType(declared, detail=_TAKEN)
        context = parser_context or {}
        require_as_it_is(context)
        length = content_length(context["request"])
        upload = TemporaryUploadedFile(_BODY, declared, 0, None)
        try:
            _copy(WholeBody(stream, declared=length), upload)
        except BaseException:
            upload.close()
            raise
        return DataAndFiles(QueryDict(), MultiValueDict({_BODY: [upload]}))


def _copy(stream: WholeBody, upload: TemporaryUploadedFile) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > settings.PHOTO_MAX_BYTES:
            raise RequestTooLarge
        upload.write(chunk)
    upload.size = size
    upload.seek(0)


class Uploads(LibraryView):
    """Takes a JPEG, PNG or WebP; beside it a form may hold ``title``, ``caption`` and ``alt_text``.

    Answers 201 with the image. The file is what its bytes say, whatever its name; a body sent under
    another picture type than it has is refused.
    """

    scopes: ClassVar = {"POST": roles.UPLOAD}
    parser_classes = [StrictMultiPartParser, RawPictureParser]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self._handler = CappedUpload(request)
        request.upload_handlers = [self._handler]
        return super().initialize_request(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        self._handler.close()
        if isinstance(exc, RequestDataTooBig):
            exc = RequestTooLarge("The fields beside the file are larger than what is read here.")
        return super().handle_exception(exc)

    @described("upload_image", "Upload one picture", answers.Image, status=201, body=_SENT)
    def post(self, request: Request) -> Response:
        _refuse_declared_length(request)
        upload = _require_file(request)
        with upload:
            body = bodies.UploadFields(data=request.POST)
            body.is_valid(raise_exception=True)
            return Response(representations.image(_keep(request, upload, body.validated_data)), status=201)


def _refuse_declared_length(request: Request) -> None:
    if content_length(request._request) > settings.PHOTO_MAX_BYTES + _FORM_EXTRA:
        raise RequestTooLarge


def _require_file(request: Request) -> UploadedFile[Any]:
    files: list[UploadedFile[Any]] = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if len(files) != 1:
        for file in files:
            file.close()
        raise ValidationError({"file": "Send one file."})
    return files[0]


def _keep(request: Request, upload: UploadedFile[Any], fields: dict[str, str]) -> Image:
    is_body = _BODY in request.FILES and not request.content_type.startswith("multipart/")
    try:
        return storage.keep(
            upload,
            account_uuid=account_uuid(request),
            filename="" if is_body else upload.name or "",
            declared=MediaType(str(upload.content_type)) if is_body else None,
            **fields,
        )
    except pictures.NotAPicture as refusal:
        raise ValidationError({"file": str(refusal)}) from None
