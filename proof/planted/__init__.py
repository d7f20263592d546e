"""An app with one migration that no site should have: the run of migrations must notice it."""
