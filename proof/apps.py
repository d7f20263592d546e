"""The app of the site under proof: it puts failpoints and mutants in their places when the site starts."""

from __future__ import annotations

from django.apps import AppConfig


class ProofConfig(AppConfig):
    """Installs mutants first, so that failpoints see what the mutants do."""

    name = "proof"

    def ready(self) -> None:
        """Install both. Without a header nothing of it acts."""
        from proof import failpoints, mutants

        mutants.install()
        failpoints.install()
