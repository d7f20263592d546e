"""A small photo library that signs people in, lets applications ask for access, and answers them."""
