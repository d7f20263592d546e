"""OpenID Connect below the code of OAuth: what a request asks for, id tokens, what is told of a person."""
