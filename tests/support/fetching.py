"""What a test asks of fetching a document."""

import pytest

from oauthcore.outgoing.documents import fetch
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.wire.https_urls import HttpsURL


def refusal_of(url: str) -> str:
    """Return why a document at a URL is not fetched."""
    with pytest.raises(NotFetched) as refused:
        fetch(HttpsURL.parse(url))
    return str(refused.value)
