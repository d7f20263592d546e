"""The parts of OpenID Connect that the OAuth flows need: requests, id tokens, and claims."""
