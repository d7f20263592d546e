"""What a site's plain Django views import."""
