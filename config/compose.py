"""Check docker-compose.yml without Docker: `python -m config.compose`.

Not the full compose schema, but the faults that would stop a start or weaken it: unknown keys,
references to services or volumes that do not exist, no health check, secrets in the file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import yaml

FILE = Path(__file__).resolve().parent.parent / "docker-compose.yml"
TEXTS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
DURATION = {"type": "string", "pattern": r"^(\d+(ms|s|m|h))+$"}
CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"]

# The part of the compose specification that the file uses; anything else is refused.
SERVICE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
    "properties": {
        "build": {"type": "string"},
        "image": {"type": "string"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "init": {"type": "boolean"},
        "read_only": {"type": "boolean"},
        "user": {"type": "string"},
        "shm_size": {"type": "string"},
        "stop_grace_period": DURATION,
        "cap_drop": TEXTS,
        "security_opt": TEXTS,
        "tmpfs": TEXTS,
        "volumes": TEXTS,
        "ports": TEXTS,
        "command": TEXTS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "additionalProperties": False,
                "properties": {"condition": {"enum": CONDITIONS}},
            },
        },
        "healthcheck": {
            "type": "object",
            "required": ["test"],
            "additionalProperties": False,
            "properties": {
                "test": {**TEXTS, "contains": {"enum": ["CMD", "CMD-SHELL"]}},
                "interval": DURATION,
                "timeout": DURATION,
                "start_period": DURATION,
                "retries": {"type": "integer"},
            },
        },
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["services", "volumes"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}
REQUIRED = {"web", "worker", "beat", "migrate", "db", "broker"}
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN")


def _references(compose: dict[str, Any]) -> Iterator[str]:
    services, volumes = compose["services"], set(compose["volumes"])
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            if other not in services:
                yield f"{name} depends on {other}, which is no service"
            elif how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                yield f"{name} waits for the health of {other}, which has no health check"
        for mount in service.get("volumes", []):
            source = mount.partition(":")[0]
            if source.startswith("."):
                if not (FILE.parent / source).exists():
                    yield f"{name} mounts {source}, which does not exist"
            elif source not in volumes:
                yield f"{name} mounts {source}, which is no named volume"


def _duties(compose: dict[str, Any]) -> Iterator[str]:
    services = compose["services"]
    for name in sorted(REQUIRED - set(services)):
        yield f"there is no service {name}"
    for name, service in services.items():
        # A service that runs once has an exit code instead.
        if service.get("restart") != "no" and "healthcheck" not in service:
            yield f"{name} has no health check"
        for key, value in service.get("environment", {}).items():
            if SECRET.search(key) and not re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value):
                yield f"{name}: {key} must come from the environment, as ${{{key}:?set {key}}}"


def faults(text: str) -> list[str]:
    """What is wrong with the compose file of this text; empty when nothing was found."""
    try:
        compose = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [str(error)]
    found = [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}"
        for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(compose)
    ]
    return found or [*_references(compose), *_duties(compose)]


if __name__ == "__main__":
    wrong = faults(FILE.read_text(encoding="utf-8"))
    sys.stdout.write("".join(f"{FILE.name}: {fault}\n" for fault in wrong))
    sys.exit(bool(wrong))
