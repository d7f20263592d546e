"""The Applications pages: where developers register their applications and look after them."""
