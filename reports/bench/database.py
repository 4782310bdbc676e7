"""Databases of the benchmark's own: made beside the working one, dropped afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from positions.services import load_catalogue
from reports.bench import data


class Databases:
    """Makes databases from a migrated template; the connection moves to the one asked for."""

    def __init__(self) -> None:
        self._home = connection.settings_dict["NAME"]
        self._prefix = f"bench_{secrets.token_hex(4)}"
        self._made: list[str] = []

    def use(self, label: str, people: int, *, analyse: bool = True) -> None:
        """Connect to the database `label`, making it with `people` people if it is new."""
        name = f"{self._prefix}_{label}"
        if name not in self._made:
            self._make(name, self._template())
            self._connect(name)
            data.fill(people)
            if analyse:
                _run("ANALYZE")
        self._connect(name)

    def _template(self) -> str:
        name = f"{self._prefix}_empty"
        if name not in self._made:
            self._make(name, None)
            self._connect(name)
            call_command("migrate", verbosity=0, interactive=False)
            load_catalogue()
        return name

    def _make(self, name: str, template: str | None) -> None:
        connection.close()
        with self._server() as server:
            query = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            if template:
                query += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            server.execute(query)
        self._made.append(name)

    def _connect(self, name: str) -> None:
        """Point Django, and the child processes to come, at a database."""
        connection.close()
        connection.settings_dict["NAME"] = name
        parts = urlsplit(os.environ["DATABASE_URL"])
        os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))

    @contextmanager
    def _server(self) -> Iterator[psycopg.Connection[Any]]:
        connection.settings_dict["NAME"] = self._home
        with psycopg.connect(**_parameters(), autocommit=True) as server:
            yield server

    def drop(self) -> None:
        """Drop all that was made and go back to the working database."""
        self._connect(self._home)
        with self._server() as server:
            for name in self._made:
                server.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
        self._made.clear()


def _parameters() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {k: found[k] for k in ("dbname", "user", "password", "host", "port") if k in found}


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
