"""The site's accounts: who may work on whose pictures, and as what."""
