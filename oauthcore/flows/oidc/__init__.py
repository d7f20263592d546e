"""OpenID Connect: what an OpenID request asks for, below the code that answers it."""
