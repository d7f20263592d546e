"""Windows held open: pauses before the statements between which a race is won or lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.support.races.crowd import Act
from tests.support.statements import plain


def slowly(act: Act, *statements: str, seconds: float = 0.01, is_sure: bool = False) -> Act:
    """Return the act with a pause before each statement that begins like one of these, written ``plain``.

    A pause of any length up to ``seconds``, so that over many rounds the acts meet in every order; or of just
    that length where it ``is_sure``.
    """

    def pause(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if plain(sql).startswith(statements):
            time.sleep(seconds if is_sure else random.uniform(0, seconds))
        return execute(sql, params, many, context)

    def run() -> Any:
        with connection.execute_wrapper(pause):
            return act()

    return run
