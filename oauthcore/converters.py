"""Path converters. Importing this module registers them: ``oauthcore_number``, ``oauthcore_issuer_path``."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import register_converter

from oauthcore import conf
from oauthcore.rules.text.numbers import whole_number

__all__ = ["NumberConverter", "whole_number"]


class NumberConverter:
    """The number of a row, in its one spelling: no zero before it, and no more digits than a key has.

    Django's ``int`` takes ``007`` for 7, so that one page would have many addresses.
    """

    regex = "(?:0|[1-9][0-9]{0,18})"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Write the number."""
        return str(value)


class IssuerPathConverter:
    """The path of the issuer, without its first slash. Other paths do not match: other views may be there."""

    regex = ".+"

    def to_python(self, value: str) -> str:
        """Return the path; raise ValueError for another one, and while OpenID Connect is off."""
        if not conf.settings().OPENID_CONNECT or f"/{value}" != urlsplit(conf.issuer()).path:
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        """Write the path."""
        return value


register_converter(NumberConverter, "oauthcore_number")
register_converter(IssuerPathConverter, "oauthcore_issuer_path")
