"""The doctor: what is wrong with a site, and what is unused. ``manage.py oauthcore_doctor`` prints it.

It reads settings and rows and asks the site itself. It changes no row.
"""
