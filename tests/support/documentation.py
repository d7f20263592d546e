"""What the documentation is compared with: names and errors that stand in the code."""

from __future__ import annotations

import importlib
import pkgutil
import re

from drf_spectacular.settings import SPECTACULAR_DEFAULTS
from knox.settings import DEFAULTS as KNOX
from rest_framework import exceptions as drf
from rest_framework.settings import DEFAULTS as DRF
from rest_framework_simplejwt.settings import DEFAULTS as SIMPLEJWT

import oauthcore
from oauthcore.api.drf.exceptions import exception_handler
from oauthcore.api.wire.plain_errors import plain_error
from oauthcore.rules.errors.oauth import OAuthError
from tests.support.markdown import ROOT

ENVIRONMENT = {
    name
    for file in (ROOT / "reference_site").glob("*.py")
    for name in re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', file.read_text())
}

#: Settings of Django REST framework, and of packages beside it.
OF_OTHER_PACKAGES = {*DRF, *SPECTACULAR_DEFAULTS, *KNOX, *SIMPLEJWT}
OF_OTHER_PACKAGES |= {"API_KEY_CUSTOM_HEADER", "KNOX_TOKEN_MODEL", "REST_KNOX", "SIMPLE_JWT"}


def errors_in_code() -> set[tuple[str, int]]:
    for module in pkgutil.walk_packages(oauthcore.__path__, "oauthcore."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found, waiting = set(), [OAuthError]
    while waiting:
        kind = waiting.pop()
        found.add((kind.error, kind.status))
        waiting.extend(kind.__subclasses__())
    for raised in (
        drf.ValidationError(),
        drf.ParseError(),
        drf.NotFound(),
        drf.MethodNotAllowed("PUT"),
        drf.NotAcceptable(),
        drf.UnsupportedMediaType("text/plain"),
        drf.Throttled(),
        drf.NotAuthenticated(),
        drf.PermissionDenied(),
    ):
        answer = exception_handler(raised, {})
        assert answer is not None
        found.add((answer.data["error"], answer.status_code))
    for status in (400, 401, 403, 404, 405, 411, 413, 415, 429, 500, 503):
        found.add((re.findall(rb'"error": "(\w+)"', plain_error(status).content)[0].decode(), status))
    return found
