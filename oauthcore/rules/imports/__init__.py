"""Tokens that other packages issued: how their texts are recognised, and what is taken of their rows."""
