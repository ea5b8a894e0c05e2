/** The shell scripts of a PostgreSQL component. */
import { type Expression, resolveExpression } from '../../model/expression.ts';
import type { Database } from '../../model/stack.ts';
import { databasePasswordFile } from '../shared.ts';

/** Runs once, when the container makes its data folder: one database and one role for each service. */
export function initScript(databases: readonly Database[]): string {
  const calls = databases.map(
    (database) =>
      `create_database ${[database.name, `"$${databasePasswordFile(database)}"`, ...database.extensions].join(' ')}`,
  );
  return `#!/bin/sh
# One database and one role for each service; a role enters its own database only.
# The image runs this once, when its data folder is new.
set -eu

create_database() {
  name=$1 password_file=$2
  shift 2
  echo "database $name"
  # psql quotes the values itself (:'x' as text, :"x" as a name), so that no password can break out.
  psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \\
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

${calls.join('\n')}
`;
}

/** The same on a server that runs elsewhere, by whoever may: as often as wanted, and nothing that is there is lost. */
export function createDatabases(databases: readonly Database[], address: string): string {
  const calls = databases.map(
    ({ name, secret, extensions }) => `create_database ${[name, secret, ...extensions].join(' ')}`,
  );
  return `#!/bin/sh
# One database and one role for each service on the external PostgreSQL server, for docker-compose.yml: run it once, and
# again when a service or a password is new. The address needs a user who may create databases and roles. The embedded
# stack does this by itself: hometrip up
set -eu
cd "$(dirname "$0")/.."
address=\${1:-${address}}
secrets=\${HOMETRIP_SECRETS:-../.hometrip/secrets}

create_database() {
  name=$1 secret=$2
  shift 2
  echo "database $name"
  password=$(sed "s/'/''/g" "$secrets/$secret")
  # psql quotes the values itself (:'x' as text, :"x" as a name); the password is on no command line.
  PGDATABASE=postgres psql --quiet --set ON_ERROR_STOP=1 --no-psqlrc "$address" --set name="$name" <<SQL
\\set password '$password'
set client_min_messages = warning;
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \\gexec
alter role :"name" login password :'password';
grant :"name" to current_user;
select format('create database %I owner %I', :'name', :'name') where not exists (select from pg_database where datname = :'name') \\gexec
revoke connect on database :"name" from public;
\\connect :"name"
$(for extension in "$@"; do echo "create extension if not exists \\"$extension\\";"; done)
SQL
}

${calls.join('\n')}
`;
}

/** `${NAME:-default}` means the same to a shell. */
export const shellText = (address: Expression): string =>
  resolveExpression(address, (reference) =>
    reference.kind !== 'environment'
      ? ''
      : reference.fallback === undefined
        ? `\${${reference.variable}:?set ${reference.variable}}`
        : `\${${reference.variable}:-${reference.fallback}}`,
  );

export const backup = (component: string, databases: readonly Database[]): string => `#!/bin/sh
# Dumps each PostgreSQL database of docker-compose.yml (or those that you name) into a new folder below the first
# argument (default: ./backups). A folder is there only when every dump in it is complete.
set -eu
target=\${1:-backups}
[ "$#" -eq 0 ] || shift
[ "$#" -gt 0 ] || set -- ${databases.map(({ name }) => name).join(' ')}
folder=$target/$(date -u +%Y-%m-%dT%H-%M-%SZ)
umask 077
mkdir -p "$folder.partial"
trap 'rm -rf "$folder.partial"' EXIT
compose=$(dirname "$0")/../docker-compose.yml
for database in "$@"; do
  docker compose --file "$compose" exec -T ${component} pg_dump --username postgres --format custom "$database" > "$folder.partial/$database.dump"
  echo "$database"
done
mv "$folder.partial" "$folder"
echo "backup is in $folder"
`;
