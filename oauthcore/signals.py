"""Signals, for sites that want to know what happened."""

from __future__ import annotations

from django.dispatch import Signal

__all__ = ["security_event"]

#: A security event was recorded and committed. Arguments: ``event`` (``oauthcore.models.SecurityEvent``).
security_event = Signal()
