"""What a visitor finds: people, accounts, applications and pictures to try the site with. Never for
production.
"""
