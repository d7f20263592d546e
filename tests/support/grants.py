"""Grants that were refused."""

from __future__ import annotations


def assert_invalid_grant(response):
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert "access_token" not in response.json()
