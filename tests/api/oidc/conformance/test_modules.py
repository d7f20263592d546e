"""Each module of the suite's plans for such a provider has a test here, or a reason why it has none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only("no row decides what is shown here")

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

NOT_HERE = {
    "request-uri-unsigned": "request objects are refused, as the configuration says",
    "request-uri-signed-rs256": "request objects are refused, as the configuration says",
    "registration-sector-uri": "staff name a sector; an application that registers itself cannot",
    "ensure-client-assertion-with-iss-aud-succeeds": "tests/flows/oauth has them, with or without openid",
    "refresh-token-rp-key-rotation": "tests/flows/oauth has keys of applications, with or without openid",
    "registration-jwks-uri": "tests/api/oauth/registration has it, with or without openid",
}

TESTS = [
    node
    for folder in (Path(__file__).parent, Path(__file__).parents[3] / "pages" / "authorize")
    for path in folder.glob("test_*.py")
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_oidcc_")
]
NAMES = {one.name.removeprefix("test_oidcc_") for one in TESTS}
#: The modules that a docstring names, where a test stands for several.
SAID = {
    word
    for one in TESTS
    if (words := ast.get_docstring(one) or "").startswith("Module")
    for word in re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+", words)
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_a_test_of_its_name_or_a_reason(name: str) -> None:
    has_test = name.lower().replace("-", "_") in NAMES or name in SAID

    assert has_test is not (name in NOT_HERE)


def test_the_reasons_are_about_modules() -> None:
    assert set(NOT_HERE) <= set(MODULES)
