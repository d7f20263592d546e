"""A password hasher that says how often it worked, across processes."""

from __future__ import annotations

import os

from django.contrib.auth.hashers import MD5PasswordHasher


class Counted(MD5PasswordHasher):
    """Adds a line to the file ``PROOF_HASHED`` for each password that it hashes."""

    algorithm = "counted"

    def encode(self, password: str, salt: str) -> str:
        """Hash it, and count that."""
        if path := os.environ.get("PROOF_HASHED"):
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, b"1\n")  # one write of a few bytes to the end is atomic
            finally:
                os.close(file)
        encoded: str = super().encode(password, salt)
        return encoded
