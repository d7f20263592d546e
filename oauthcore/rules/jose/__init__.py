"""JOSE: signed JWTs and public keys, parsed, bounded and verified.

Only here is a JOSE library imported, and only in the functions that need it.
"""
