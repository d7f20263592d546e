"""QR codes as inline SVG, which our Content-Security-Policy allows: no style attribute, nothing to load."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_variables


@sensitive_variables()
def as_svg(text: str) -> SafeString:
    """Return a text as a QR code; empty where segno (the extra ``mfa``) is missing, or the text is too long.

    The plate is white and the margin wide whatever the page looks like, for phones read no light code on
    dark. It has no name: say what it is in the element around it.
    """
    try:
        import segno
    except ImportError:
        return SafeString()
    # Never a Micro QR code, which segno.make may choose and phones do not read.
    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError:  # a login may be ever so long
        return SafeString()
    svg = code.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None
    )
    return mark_safe(svg)  # noqa: S308 - of the text it holds squares alone
