"""What Authlib is asked for."""

from collections.abc import Iterator
from secrets import token_hex

from django.contrib.auth.models import User

from benchmarks import people
from benchmarks.field.oauth import ApprovedCodes, populated
from benchmarks.field.peers.authlib.models import Client
from benchmarks.products import REDIRECT_URI, Credentials, Operation


class _Product(ApprovedCodes):
    name = "Authlib"
    middleware: list[str] = []
    protected_path = "/protected"
    authorize_path = "/authorize"
    token_path = "/token"
    revocation_path = "/revoke"
    introspection_path = "/introspect"

    def __init__(self, owner: User) -> None:
        self.web_application = _register(owner, "authorization_code refresh_token")
        self.machine_application = _register(owner, "client_credentials")
        self.resource_server = _register(owner, "client_credentials")
        self.password_application = _register(owner, "password")


def operations() -> Iterator[Operation]:
    """Yield the operations of OAuth, and signing in with a password."""
    users = people.create_users(people.USERS)
    product = _Product(users[0])
    product.log_in(users)
    yield from populated(product)


def _register(owner: User, grant_types: str) -> Credentials:
    client = Client.objects.create(
        user=owner,
        client_id=token_hex(12),
        client_secret=token_hex(24),
        redirect_uri=REDIRECT_URI,
        scope="read",
        grant_types=grant_types,
    )
    return Credentials(client.client_id, client.client_secret)
