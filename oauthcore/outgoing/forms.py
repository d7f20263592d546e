"""Sending a form to an address that a stranger names, safely: see ``outgoing.connecting``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from oauthcore.outgoing.connecting import connected
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.https_urls import HttpsURL
from oauthcore.rules.wire.networks import Network

#: The time limit from the lookup of the name to the head of the answer.
SECONDS_IN_ALL = 5.0


def send_form(url: HttpsURL, fields: Mapping[str, HiddenText], *, networks: Collection[Network] = ()) -> int:
    """Post a form and return the status of the answer. Its body is not read, and no redirect is followed.

    Private ``networks`` are allowed too. It blocks for up to ``SECONDS_IN_ALL`` seconds. Never
    call it inside a transaction. Raises NotFetched, which says why there is no answer.
    """
    headers = {
        "Host": url.shown_host,
        "Accept-Encoding": "identity",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "oauthcore",
        "Connection": "close",
    }
    body = urlencode({name: value.reveal() for name, value in fields.items()}).encode()
    with connected(url, seconds=SECONDS_IN_ALL, is_of_document=False, networks=networks) as connection:
        connection.request(
            "POST", url.target, body=body, headers=headers, preload_content=False, decode_content=False
        )
        response = connection.getresponse()
        response.close()
        return response.status
