import type { Database, Stack } from '../../model/stack.ts';

/** The databases of the components of one kind that are made there, by name. */
export const databasesOf = (
  stack: Stack,
  kind: string,
  place: Database['place'] = 'stack',
): readonly Database[] =>
  stack.databases.filter(
    (database) =>
      database.place === place &&
      stack.components.some(({ name, kind: its }) => name === database.component && its === kind),
  );

const passwordFile = ({ name }: Database) => `${name.toUpperCase()}_DATABASE_PASSWORD_FILE`;

/** Runs once, when the container makes its data folder: one database and one role for each service. */
export function initPostgres(databases: readonly Database[]): string {
  const calls = databases.map(
    (database) =>
      `create_database ${[database.name, `"$${passwordFile(database)}"`, ...database.extensions].join(' ')}`,
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

export function initMongodb(databases: readonly Database[]): string {
  const list = databases.map(
    (database) => `  { name: '${database.name}', passwordFile: process.env.${passwordFile(database)} },`,
  );
  return `// One database and one user for each service; a user may read and write its own database only.
// The image runs this once, when its data folder is new.
const fs = require('node:fs');

const databases = [
${list.join('\n')}
];

for (const { name, passwordFile } of databases) {
  db.getSiblingDB(name).createUser({
    user: name,
    pwd: fs.readFileSync(passwordFile, 'utf8').trim(),
    roles: [{ role: 'dbOwner', db: name }],
  });
}
`;
}
