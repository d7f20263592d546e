"""Login and password: whether they belong together, and how often they may be tried."""
