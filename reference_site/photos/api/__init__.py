"""The photo library on the wire (wire §5), one module for each of its subjects.

Rules that hold for all of them:

* An object of another account is ``404 not_found``, with the body of one that never was, wherever its id
  stands.
* A list is ``{"images": […], "next": URL}``; ``next`` is absent on the last page. ``limit`` (1 to 100, 25
  unless said) and ``cursor`` (taken from ``next``, never made up) choose the page. Query parameters nobody
  knows are passed over; an empty one counts as not sent; a known one sent twice is ``invalid_request``.
* A body is JSON or a form. A field nobody knows is ``invalid_request``, named in ``error_details``: a
  misspelt field must not look like a change that was made. Unlike a query parameter an empty text is a
  value: it clears the field.
* A write answers with what it may write and no more, so that a token for keywords does not read captions.
* Times are RFC 3339 in UTC. Pixels are those of the file as stored.
"""
