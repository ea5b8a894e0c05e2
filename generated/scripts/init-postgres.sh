#!/bin/sh
# One database and one role for each service; a role enters its own database only.
# The image runs this once, when its data folder is new.
set -eu

create_database() {
  name=$1 password_file=$2
  shift 2
  echo "database $name"
  # psql quotes the values itself (:'x' as text, :"x" as a name), so that no password can break out.
  psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="$name" --set password="$(cat "$password_file")" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke connect on database :"name" from public;
SQL
  for extension in pg_stat_statements "$@"; do
    psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$name" --set extension="$extension" <<'SQL'
create extension if not exists :"extension";
SQL
  done
}

create_database auth "$AUTH_DATABASE_PASSWORD_FILE" citext
create_database booking "$BOOKING_DATABASE_PASSWORD_FILE" btree_gist
create_database listing "$LISTING_DATABASE_PASSWORD_FILE"
create_database payment "$PAYMENT_DATABASE_PASSWORD_FILE"
create_database user "$USER_DATABASE_PASSWORD_FILE"
