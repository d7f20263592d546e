"""The demo's logins, for the pages that show them while ``DEBUG`` is on."""

from __future__ import annotations

from django import template
from django.conf import settings

from reference_site.demo.people import PEOPLE, Person

register = template.Library()


@register.simple_tag
def demo_logins() -> tuple[Person, ...]:
    """Return the people of the demo data with their passwords, or nobody unless ``DEBUG`` is on."""
    return PEOPLE if settings.DEBUG else ()
