#!/bin/sh
# First start of the database: the role of the application, which owns nothing.
# The owner (POSTGRES_USER) migrates; what it creates, the application may read and write, but
# neither truncate nor change. psql quotes the password, whatever characters it has.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$APP_DB_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE sijafung_app LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA public TO sijafung_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sijafung_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO sijafung_app;
SQL
