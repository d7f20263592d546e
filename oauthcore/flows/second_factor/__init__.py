"""The second factor: TOTP, recovery codes, passkeys, challenges, and the rotation of its keys."""
