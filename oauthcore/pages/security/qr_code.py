"""QR codes as inline SVG without styles, which our Content-Security-Policy allows."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_variables

from oauthcore.rules.text.hidden_text import HiddenText


class _HiddenSVG(SafeString):
    """An SVG with a secret. Its ``repr`` hides it."""

    def __repr__(self) -> str:
        return "'***'"


@sensitive_variables()  # the library is given the text in clear
def as_svg(text: HiddenText) -> SafeString:
    """Return a text as a QR code, or nothing if segno (extra ``mfa``) is missing or the text is too long.

    The background is always white and the margin wide, because phones cannot read light codes on dark. The
    SVG has no accessible name, so name it in the element around it.
    """
    try:
        import segno
    except ImportError:
        return SafeString()
    # Never a Micro QR code, which segno.make may choose and phones do not read.
    try:
        code = segno.make_qr(text.reveal(), error="m")
    except segno.DataOverflowError:  # a login can be too long for a QR code
        return SafeString()
    svg = code.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None
    )
    return _HiddenSVG(svg)  # it holds only squares, no text
