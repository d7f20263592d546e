"""What a visitor finds: people, accounts, applications, pictures to try the site with. Not for production."""
