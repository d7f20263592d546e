"""Ask this container whether it is ready; exit with 0 if it is."""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main() -> int:
    """Return the exit status."""
    port = os.environ.get("BIND", "0.0.0.0:8000").rpartition(":")[2]
    host = urlsplit(os.environ["ISSUER"]).netloc
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
