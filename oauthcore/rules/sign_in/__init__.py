"""Logins, codes, passkeys and device descriptors: the rules of signing in."""
