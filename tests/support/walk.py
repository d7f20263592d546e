"""A walk through the pages of a new site, by a developer who is also staff. It runs inside the site's folder.

It prints one JSON object: where oauthcore was imported from, and each path with its status and static files.
"""

import json
import re
import sys

import django


def main(paths: list[str]) -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.contrib.staticfiles import finders
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    import oauthcore

    setup_test_environment()
    call_command("migrate", verbosity=0)
    staff = User.objects.create_superuser("ada", "ada@example.org", "a long walk by the sea")
    browser = Client()
    browser.force_login(staff)
    pages = {}
    for path in paths:
        answer = browser.get(path, follow=True)
        files = re.findall(r'(?:href|src)="/static/([^"?]+)"', answer.content.decode())
        title = re.search(r"<title>\s*(.*?)\s*</title>", answer.content.decode(), re.DOTALL)
        pages[path] = {
            "status": answer.status_code,
            "title": title[1] if title else "",
            "static": files,
            "missing": [one for one in files if finders.find(one) is None],
        }
    sys.stdout.write(json.dumps({"from": oauthcore.__file__, "pages": pages}))


if __name__ == "__main__":
    main(sys.argv[1:])
