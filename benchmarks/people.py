"""The users who approve: many, so that no product meets the same rows again and again."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore


def create_users(count: int) -> list[User]:
    """Create users with a password nobody knows; hashing one each would take longer than the benchmark."""
    return User.objects.bulk_create(
        User(username=f"user-{number}", email=f"user-{number}@site.example", password=f"!{number:040d}")
        for number in range(count)
    )


def log_in(user: User) -> str:
    """Make a session of a user without a request; return the key that its cookie holds."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
