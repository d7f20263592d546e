"""The refusal of a client whose document cannot be used."""

from __future__ import annotations

from oauthcore.rules.errors.oauth import OAuthError

#: Maps typographic quotation marks to characters that RFC 6749 §5.2 allows.
_PLAIN = str.maketrans("“”’", "'''")


class UnusableClientDocument(OAuthError):
    """The client ID is the URL of a document that cannot be read, or describes no client of this site."""

    error = "invalid_client"
    status = 400

    @property
    def description(self) -> str:
        """What is wrong, for the developer of the client."""
        return f"The client metadata document cannot be used. {self.reason}".translate(_PLAIN)
