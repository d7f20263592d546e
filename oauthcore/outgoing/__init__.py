"""Outgoing requests: this server reads documents at addresses that strangers name."""
