"""What django-oauth-toolkit is asked for, its client secrets stored hashed (as installed) or as they are."""

from collections.abc import Iterator
from itertools import cycle

from oauth2_provider.models import Application

from benchmarks import people
from benchmarks.field.oauth import ApprovedCodes, populated
from benchmarks.products import Operation
from benchmarks.rival import DjangoOAuthToolkit


class _Product(ApprovedCodes, DjangoOAuthToolkit):
    authorize_path = "/rival/authorize/"
    revocation_path = "/rival/revoke_token/"


def operations(*, hashed: bool) -> Iterator[Operation]:
    """Yield the operations of OAuth, and signing in with a password."""
    users = people.create_users(people.USERS)
    product = _Product("django-oauth-toolkit", cycle(users), hashed=hashed)
    product.password_application = product.register(Application.GRANT_PASSWORD)
    Application.objects.update(skip_authorization=True)
    product.log_in(users)
    yield from populated(product)


def with_hashed_secrets() -> Iterator[Operation]:
    """Yield them as installed."""
    return operations(hashed=True)


def with_plain_secrets() -> Iterator[Operation]:
    """Yield them as fast as its documentation allows."""
    return operations(hashed=False)
