"""Sizes as people write them, and as they are shown."""

from __future__ import annotations

import pytest

from oauthcore.rules.text.sizes import parse_size, shown_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("1024", 1024),
        ("512 B", 512),
        ("64KiB", 65_536),
        ("64 KB", 65_536),
        (" 10 MB ", 10 * 2**20),
        ("10mb", 10 * 2**20),
        ("2 GiB", 2**31),
        ("1 GB", 2**30),
        ("5MiB", 5 * 2**20),
    ],
)
def test_a_size_is_a_number_of_bytes_or_has_its_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "MB", "0", "0 MB", "-1", "1.5 MB", "1e6", "10 M", "10 TB", "\uff11\uff10", "1 0", "9" * 18 + " GiB"],
)
def test_anything_else_is_refused_with_how_to_write_one(text):
    with pytest.raises(ValueError, match="64 KB, 10 MB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (1, "1 bytes"),
        (1000, "1000 bytes"),
        (1024, "1 KB"),
        (10 * 2**20, "10 MB"),
        (2**30, "1 GB"),
        (1025, "1025 bytes"),
    ],
)
def test_a_size_is_shown_in_the_largest_unit_that_leaves_a_whole_number(size, shown):
    assert shown_size(size) == shown
