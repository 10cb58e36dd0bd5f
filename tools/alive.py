"""Exit 0 when the web process of this container takes requests; what Docker's health check runs.

It asks under the first name of ALLOWED_HOSTS, because the market answers to no other, and with nothing but Python's own
library, because it runs every few seconds.
"""

import http.client
import os
import sys


def main() -> int:
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"
    line = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    try:
        line.request("GET", "/suc-khoe/con-song/", headers={"Host": name})
        return 0 if line.getresponse().status == 200 else 1
    except OSError as error:
        print(error)
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
