"""The modules of OpenID's conformance suite, and the tests that stand for them."""

from __future__ import annotations

import ast
import re

#: The plans: basic, config, dynamic, RP-initiated logout, back-channel logout. Names without ``oidcc-``.
MODULES = [
    "server",
    "response-type-missing",
    "idtoken-signature",
    "idtoken-unsigned",
    "userinfo-get",
    "userinfo-post-header",
    "userinfo-post-body",
    "ensure-request-without-nonce-succeeds-for-code-flow",
    "scope-profile",
    "scope-email",
    "scope-address",
    "scope-phone",
    "scope-all",
    "alternate-happy-flow",
    "display-page",
    "display-popup",
    "prompt-login",
    "prompt-none-not-logged-in",
    "prompt-none-logged-in",
    "max-age-1",
    "max-age-10000",
    "ensure-request-with-unknown-parameter-succeeds",
    "id-token-hint",
    "login-hint",
    "ui-locales",
    "claims-locales",
    "ensure-request-with-acr-values-succeeds",
    "codereuse",
    "codereuse-30seconds",
    "ensure-registered-redirect-uri",
    "ensure-post-request-succeeds",
    "server-client-secret-post",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "claims-essential",
    "ensure-request-object-with-redirect-uri",
    "refresh-token",
    "ensure-request-with-valid-pkce-succeeds",
    "discovery-endpoint-verification",
    "idtoken-rs256",
    "userinfo-rs256",
    "ensure-redirect-uri-in-authorization-request",
    "redirect-uri-query-OK",
    "redirect-uri-query-mismatch",
    "redirect-uri-query-added",
    "redirect-uri-regfrag",
    "registration-logo-uri",
    "registration-policy-uri",
    "registration-tos-uri",
    "registration-jwks-uri",
    "registration-sector-uri",
    "registration-sector-bad",
    "server-rotate-keys",
    "refresh-token-rp-key-rotation",
    "request-uri-unsigned",
    "request-uri-signed-rs256",
    "ensure-client-assertion-with-iss-aud-succeeds",
    "rp-initiated-logout-discovery-endpoint-verification",
    "rp-initiated-logout",
    "rp-initiated-logout-bad-post-logout-redirect-uri",
    "rp-initiated-logout-modified-id-token-hint",
    "rp-initiated-logout-no-id-token-hint",
    "rp-initiated-logout-no-params",
    "rp-initiated-logout-no-post-logout-redirect-uri",
    "rp-initiated-logout-no-state",
    "rp-initiated-logout-only-state",
    "rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    "rp-initiated-logout-bad-id-token-hint",
    "backchannel-logout-discovery-endpoint-verification",
    "backchannel-rp-initiated-logout",
]

#: The prefix of tests that do what a module does, or something similar.
PREFIX = "test_oidcc_"


def modules_of(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the modules that a test stands for: by its name, or by a docstring that begins with Module."""
    named = test.name.removeprefix(PREFIX) if test.name.startswith(PREFIX) else ""
    said = ast.get_docstring(test) or ""
    words = re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", said) if named and said.startswith("Module") else []
    return [one for one in MODULES if one.lower().replace("-", "_") == named or one in words]
