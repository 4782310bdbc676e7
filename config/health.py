"""Health check of the web container: `python -m config.health`, exit code 0 when it answers.

It asks as the reverse proxy would: with a host name that is allowed, and as if over HTTPS.
"""

import http.client
import os
import sys

TIMEOUT_S = 8


def main() -> int:
    """Whether the site answers with anything but a server error."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    headers = {"Host": "localhost" if host == "*" else host, "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/", headers=headers)
        status = connection.getresponse().status
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # 400 is Django's answer to a host it does not know: the check itself is wrong then.
    return int(status >= 500 or status == 400)


if __name__ == "__main__":
    sys.exit(main())
