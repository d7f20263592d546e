"""The site's accounts: who may work on which pictures, and with which role."""
