"""What allauth's identity provider is asked for."""

from collections.abc import Iterator
from secrets import token_urlsafe

from allauth.idp.oidc.models import Client

from benchmarks import people
from benchmarks.field.oauth import ApprovedCodes, populated
from benchmarks.products import REDIRECT_URI, Credentials, Operation


class _Product(ApprovedCodes):
    name = "allauth"
    middleware = ["allauth.account.middleware.AccountMiddleware"]
    protected_path = "/protected"
    authorize_path = "/identity/o/authorize"
    token_path = "/identity/o/api/token"
    revocation_path = "/identity/o/api/revoke"
    introspection_path = "/identity/o/api/introspect"

    def __init__(self) -> None:
        self.web_application = _register("authorization_code", "refresh_token")
        self.machine_application = _register("client_credentials")
        self.resource_server = _register("client_credentials")


def operations() -> Iterator[Operation]:
    """Yield the operations of OAuth; a person's password is no business of it."""
    product = _Product()
    product.log_in(people.create_users(people.USERS))
    yield from populated(product)


def _register(*grant_types: str) -> Credentials:
    secret = token_urlsafe(32)
    client = Client(name="Benchmark", skip_consent=True, redirect_uris=REDIRECT_URI, scopes="read")
    client.set_grant_types(list(grant_types))
    client.set_secret(secret)
    client.save()
    return Credentials(client.id, secret)
