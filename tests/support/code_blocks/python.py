"""Python blocks: settings are put in force and checked, routes are mounted, everything else is executed."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.core import checks
from django.core.checks.registry import registry
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils.module_loading import import_string
from opentelemetry.instrumentation.django import DjangoInstrumentor
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from oauthcore.api.drf import Public
from oauthcore.models.database import primary
from oauthcore.pages.login import LoginView
from oauthcore.signals import security_event
from oauthcore.testing import token_for
from tests.support.code_blocks.blocks import Block

#: The site that a page begins with: what Django's startproject makes, and oauthcore in it.
SITE: dict[str, Any] = {
    "INSTALLED_APPS": [
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "rest_framework",
        "oauthcore",
    ],
    "MIDDLEWARE": [
        "oauthcore.middleware.RequestIdMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "oauthcore.middleware.SecondFactorMiddleware",
    ],
    "OAUTHCORE": {
        "ISSUER": "https://example.org",
        "SCOPES": {
            "read": "See your name",
            "read:accounts": "See your profile",
            "notes.read": "Read your notes",
            "notes.write": "Write your notes",
        },
    },
    "REST_FRAMEWORK": {"EXCEPTION_HANDLER": "oauthcore.api.drf.exception_handler"},
}
#: What the blocks of a page believe to be.
MODULE = "mysite.views"
#: Settings that are read when a process starts. A block with one is executed, and put in force elsewhere.
READ_AT_START = {"DATABASES", "LOGGING", "INSTALLED_APPS", "AUTHENTICATION_BACKENDS"}


class Site:
    """A small site. What the blocks of a page define is found in every module of ``mysite``."""

    def __init__(self, settings: dict[str, Any], **names: Any) -> None:
        #: What is in force while a block runs.
        self.settings = settings
        self.names: dict[str, Any] = {"__name__": MODULE, "os": os, "BASE_DIR": Path("site"), **names}

    def run(self, block: Block) -> None:
        """Execute a block, and use what it makes."""
        tree = ast.parse(block.text)
        before = dict(self.names)
        if is_settings(tree):
            self.names |= deepcopy(SITE)
        with override_settings(**self.settings):
            exec(compile(tree, str(block), "exec"), self.names)
        made = {name: value for name, value in self.names.items() if before.get(name) is not value}
        if is_settings(tree):
            self.names = before
            self._put_in_force({name: value for name, value in made.items() if name.isupper()})
        if "urlpatterns" in made:
            ours = [] if "oauthcore.urls" in block.text else [path("", include("oauthcore.urls"))]
            self._mount([*made["urlpatterns"], *ours])
        for name, value in made.items():
            if name.startswith("handler") and isinstance(value, str):
                import_string(value)
            with override_settings(**self.settings):
                self._ask(value)

    def _put_in_force(self, made: dict[str, Any]) -> None:
        if "SCOPES" in made:
            made = {"OAUTHCORE": {"SCOPES": made["SCOPES"]}} | made
        if "OAUTHCORE" in made:
            made["OAUTHCORE"] = {"ISSUER": "https://example.org"} | made["OAUTHCORE"]
        chosen = {name: value for name, value in made.items() if name not in READ_AT_START}
        with override_settings(**SITE_IN_FORCE):
            known = set(_errors())
            with override_settings(**chosen):
                new = [one for one in _errors() if one not in known]
                assert not new, new

    def _mount(self, urlpatterns: list[Any]) -> None:
        module = ModuleType("mounted")
        module.urlpatterns = [*urlpatterns, path("login", LoginView.as_view(), name="login")]  # type: ignore[attr-defined]
        with override_settings(**SITE_IN_FORCE | {"ROOT_URLCONF": module}):
            errors = [one for one in checks.run_checks(tags=[checks.Tags.urls]) if one.level >= checks.ERROR]
            assert not errors, errors

    def _ask(self, value: Any) -> None:
        """Use what a block made: a view refuses a request without a token, a router keeps tables together."""
        is_class = isinstance(value, type) and value.__module__ == MODULE  # not one that it only imports
        if is_class and issubclass(value, APIView) and Public not in value.permission_classes:
            _refuses(value.as_view(**_actions(value)))
        elif hasattr(value, "oauthcore_scopes"):
            _refuses(async_to_sync(value) if iscoroutinefunction(value) else value)
            self._answers(value)
        elif is_class and hasattr(value, "db_for_write"):
            with override_settings(DATABASE_ROUTERS=[value()]):
                assert primary() == "default", value
                errors = list(_errors())
                assert not [one for one in errors if "E010" in one or "E110" in one], errors

    def _answers(self, view: Any) -> None:
        """Send a request with a token that has the scopes."""
        headers = token_for(self.names["user"], view.oauthcore_scopes).headers
        answer = (async_to_sync(view) if iscoroutinefunction(view) else view)(_request(**headers))
        assert answer.status_code in (200, 405), (view, answer.content)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let blocks import from ``mysite``, and leave nothing of them behind."""
        names, site = self.names, ModuleType("mysite")

        class Module(ModuleType):
            def __getattr__(self, name: str) -> Any:
                if name in names and not name.startswith("__"):
                    return names[name]
                raise AttributeError(name)

        parts = ("views", "claims", "accounts", "models", "routers")
        modules = {f"mysite.{name}": Module(f"mysite.{name}") for name in parts}
        for name, module in modules.items():
            setattr(site, name.partition(".")[2], module)
        before, receivers = dict(sys.modules), list(security_event.receivers)
        sys.modules |= {"mysite": site, **modules}
        try:
            yield
        finally:
            for name in set(sys.modules) - set(before):
                if name.partition(".")[0] in ("mysite", "MySQLdb"):
                    del sys.modules[name]
            security_event.receivers = receivers
            security_event.sender_receivers_cache.clear()
            if DjangoInstrumentor().is_instrumented_by_opentelemetry:
                DjangoInstrumentor().uninstrument()


def _request(**headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers)
    request.user = AnonymousUser()
    return request


def _refuses(view: Any) -> None:
    answer = view(_request())
    assert answer.status_code == 401, view


def _actions(view: type[APIView]) -> dict[str, Any]:
    return {"actions": {"get": "list"}} if issubclass(view, ViewSetMixin) else {}


def is_settings(tree: ast.Module) -> bool:
    """Return whether a block sets settings and nothing else."""
    rest = [one for one in tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]
    return bool(rest) and all(map(_sets, rest))


def _sets(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return bool(re.match(r"[A-Z_]+\.(?:insert|append)\(", ast.unparse(statement)))
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return all(target is not None and re.match(r"[A-Z][A-Z_]+\b", ast.unparse(target)) for target in targets)


def _errors() -> Iterator[str]:
    """Yield the errors that oauthcore's own checks find, those of the database apart."""
    for check in registry.get_checks():
        if check.__module__.startswith("oauthcore.checks") and checks.Tags.database not in check.tags:
            for found in check(app_configs=None, databases=None):
                if found.level >= checks.ERROR:
                    yield f"{found.id}: {found.msg}"


_urls = ModuleType("small_site")
_urls.urlpatterns = [  # type: ignore[attr-defined]
    path("", include("oauthcore.urls")),
    path("login", LoginView.as_view(), name="login"),
]
SITE_IN_FORCE = {**SITE, "ROOT_URLCONF": _urls, "LOGIN_URL": "login", "ASGI_APPLICATION": None}
del SITE_IN_FORCE["INSTALLED_APPS"]
