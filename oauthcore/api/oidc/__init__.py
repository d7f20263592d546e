"""The endpoints of OpenID Connect for programs, and the metadata that describes them."""
