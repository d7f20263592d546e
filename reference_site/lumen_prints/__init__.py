"""A shop for photo prints that signs people in with Lumen: a small site of its own, with its own sessions."""
