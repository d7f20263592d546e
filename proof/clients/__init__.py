"""The driver's clients: applications, browsers and devices that talk to the site over HTTP only."""
