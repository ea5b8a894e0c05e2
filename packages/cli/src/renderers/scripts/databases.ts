import type { Database, Stack } from '../../model/stack.ts';

/** The databases of the components of one kind, by name. */
export const databasesOf = (stack: Stack, kind: string): readonly Database[] =>
  stack.databases.filter(({ component }) =>
    stack.components.some((candidate) => candidate.name === component && candidate.kind === kind),
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
