"""The users who approve: many, so that no product meets the same rows again and again."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

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


def log_in(user: User) -> str:
    """Make a session of a user without a request; return the key that its cookie holds."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
