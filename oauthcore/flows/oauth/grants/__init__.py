"""The grant types of the token endpoint, one file for each, and the tuple that lists them."""
