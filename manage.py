#!/usr/bin/env python
"""Run a Django command; without DATABASE_URL or REDIS_URL on this clone's embedded servers."""

import os
import sys


def main() -> None:
    """Make sure of the two URLs, then hand over to Django in this same process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        from config.launcher import before_command

        before_command(sys.argv)
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads our output has enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
