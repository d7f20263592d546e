"""The users who approve: many, so that no product meets the same rows again and again."""

from django.contrib.auth.models import User


def create_users(count: int) -> list[User]:
    """Create users with a password nobody knows; hashing one each would take longer than the benchmark."""
    return User.objects.bulk_create(
        User(username=f"user-{number}", email=f"user-{number}@site.example", password=f"!{number:040d}")
        for number in range(count)
    )
