"""Devices without a browser, and the people who connect them."""
