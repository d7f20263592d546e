"""Readers of what strangers send, written by hand from the documents: what the product's readers are held to.

They share nothing with the product. Each says what a text means, or that it is refused; none raises anything
else, whatever the text. They are slow and plain.
"""


class Refused(Exception):
    """The text means nothing, and has to be refused."""
