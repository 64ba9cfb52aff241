#!/bin/bash
# Makes the database and its two roles on the first start: the owner migrates, the application may
# use the tables but not change them.
set -euo pipefail

psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" --set app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE efc_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE efc_app LOGIN PASSWORD :'app_password';
CREATE DATABASE efc OWNER efc_owner;
\connect efc
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE EXTENSION btree_gin;
ALTER DEFAULT PRIVILEGES FOR ROLE efc_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO efc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE efc_owner GRANT SELECT, USAGE, UPDATE ON SEQUENCES TO efc_app;
SQL
