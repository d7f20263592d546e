"""What the production example reads from the environment."""

from __future__ import annotations

import re

from tests.support.markdown import ROOT

EXAMPLE = ROOT / "examples" / "production"
SITE = EXAMPLE / "site"

_CODE = "".join(path.read_text() for path in sorted(SITE.rglob("*.py")))
_NAMED = set(re.findall(r'(?:text|secret|words|environ\.get|environ)[(\[]\s*"([A-Z_]+)"', _CODE))
_SECRETS = set(re.findall(r'secret\("([A-Z_]+)"', _CODE))

#: What its processes read, without the names of files.
VARIABLES = _NAMED - {"DJANGO_SETTINGS_MODULE"}
#: The same, with them: each secret may be the text of a file.
READ = VARIABLES | {f"{name}_FILE" for name in _SECRETS}


def environment_of(lines: str) -> dict[str, str]:
    """Return the variables that lines of NAME=value set."""
    return dict(re.findall(r"(?m)(?:^|\s)([A-Z_]+)=(\S+)", re.sub(r"(?m)^#.*$", "", lines)))


def commands_in(text: str) -> set[str]:
    """Return the management commands that a file runs."""
    return set(re.findall(r"manage\.py[\s,]+(\w+)", text))
