"""What a site's plain Django views and its URLconf import."""

from oauthcore.api.django.scopes import scopes_required
from oauthcore.api.wire.cors import cross_origin
from oauthcore.bodies import limit_body

__all__ = ["cross_origin", "limit_body", "scopes_required"]
