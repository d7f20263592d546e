"""Dotted names of oauthcore, as pages and settings write them."""

from __future__ import annotations

import importlib
import re
from typing import Any

from django.apps import apps

import oauthcore

DOTTED = re.compile(r"(?<![\w/.-])oauthcore(?:\.[A-Za-z_]\w*)+(?![\w/-])")
#: The number of a system check, which has dots as modules have.
CHECK = re.compile(r"oauthcore\.[EW]\d+")


def permissions() -> set[str]:
    """Return the permissions on oauthcore's models, as Django names them; dots as modules have."""
    options = [model._meta for model in apps.get_app_config("oauthcore").get_models()]
    own = {f"oauthcore.{codename}" for one in options for codename, _name in one.permissions}
    return own | {f"oauthcore.{act}_{one.model_name}" for one in options for act in one.default_permissions}


def labels() -> set[str]:
    """Return the labels of oauthcore's models, as ``dumpdata`` takes them; dots as modules have."""
    return {model._meta.label_lower for model in apps.get_app_config("oauthcore").get_models()}


def resolve(dotted: str) -> Any:
    """Return what a dotted name stands for, importing as far as modules go."""
    found: Any = oauthcore
    for part in dotted.split(".")[1:]:
        try:
            found = getattr(found, part)
        except AttributeError:
            found = importlib.import_module(f"{found.__name__}.{part}")
    return found
