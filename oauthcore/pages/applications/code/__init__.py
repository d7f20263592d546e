"""Programs that a developer can start with: the application's own values filled in, and never a secret."""
