"""What a site built on REST framework imports: authentication, permissions, parsers, exceptions."""
