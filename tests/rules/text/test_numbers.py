"""Numbers as strangers write them."""

import pytest

from oauthcore.rules.text.numbers import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        *(
            (text, None)
            for text in ("07", "007", "00", "0" * 18, "9" * 19, "c7", "-7", "+7", "7_0", "7.0", " 7", "", "²")
        ),
        ("\u0667", None),
        ("\uff17", None),
    ],
)
def test_a_number_is_plain_ascii_digits_that_fit_a_key(text, number):
    assert whole_number(text) == number
