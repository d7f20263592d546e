"""The second factor: TOTP, recovery codes, passkeys, the challenges that ask for one, and its keys."""
