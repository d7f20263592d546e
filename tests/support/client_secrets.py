"""Requests with a client secret."""

from __future__ import annotations

from django.test import Client


def ask(registered, *, address="192.0.2.1", **changes):
    return Client(REMOTE_ADDR=address).post(
        "/oauth/token", registered.credentials | {"grant_type": "client_credentials"} | changes
    )
