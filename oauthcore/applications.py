"""What a site's own code does with applications; ``Application.objects.register`` registers them."""

from oauthcore.flows.applications.client_keys import set_keys
from oauthcore.flows.applications.scope_requests import approve as approve_scope
from oauthcore.flows.applications.scope_requests import ask as ask_for_scope
from oauthcore.flows.applications.scope_requests import refuse as refuse_scope
from oauthcore.flows.applications.upgrade import dry_run, upgrade
from oauthcore.flows.oauth.scope_words import in_groups as scopes_in_groups

__all__ = [
    "approve_scope",
    "ask_for_scope",
    "dry_run",
    "refuse_scope",
    "scopes_in_groups",
    "set_keys",
    "upgrade",
]
