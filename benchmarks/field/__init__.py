"""The field: oauthcore beside everything else that a Django site would install for its tokens.

Each product is a site of its own, in a process of its own, with a database of its own on one PostgreSQL. Some
settings of these packages hold for the whole process, and some packages change one another: SimpleJWT has its
blacklist or has not, and receivers of Django's signals run for every login. So one site with everything in it
would be a site that nobody has. One process leads: it asks one site after the other, in a random order. So
other work of the machine affects all alike. What oauthcore writes later, on a thread, falls on all as well.
"""
