"""Tests that look at the pages with a real Chromium, as a person would."""
