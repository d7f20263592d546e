"""The users who approve: many, so that no product meets the same rows again and again."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

USERS = 500
TOKENS = 200
"""How many access tokens are used in turn, and as many refresh tokens."""
PASSWORD = "a long walk by the sea"


def create_users(count: int) -> list[User]:
    """Create users with a password nobody knows; hashing one each would take longer than the benchmark."""
    return User.objects.bulk_create(
        User(username=f"user-{number}", email=f"user-{number}@site.example", password=f"!{number:040d}")
        for number in range(count)
    )


def create_users_with_password(count: int) -> list[str]:
    """Create users who have the password; return their names."""
    encoded = make_password(PASSWORD)
    names = [f"person-{number}" for number in range(count)]
    User.objects.bulk_create(
        User(username=name, email=f"{name}@site.example", password=encoded) for name in names
    )
    return names
