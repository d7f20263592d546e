"""JOSE: signed JWTs and public keys, parsed, bounded and verified.

No other package imports a JOSE library. Functions import it when they need it, not the modules.
"""
