"""The secrets this server makes: their form, how they are kept, how they are found again."""
