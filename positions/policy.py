"""Who may do what on the catalogue: everybody reads, Biro SDM and administrators edit."""

from accounts.policy import EVERYBODY, OFFICERS, declare

for _resource in ("position", "unit", "decree", "supervision"):
    declare(_resource, "view", EVERYBODY)
    declare(_resource, "add", OFFICERS)
    declare(_resource, "change", OFFICERS)
    declare(_resource, "delete", {})  # what was in force once stays readable; it gets an end
