/** Thin shell scripts for people and containers that look for them. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { type Expression, resolveExpression } from '../../model/expression.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { createDatabases, databasesOf, initMongodb, initPostgres } from './databases.ts';

export const scripts: Renderer = {
  id: 'scripts',
  description: 'init, migrate, backup and generate scripts',
  render: (stack) => {
    const files = [script('generate-services.sh', generateServices), script('migrate.sh', migrate(stack))];
    const relational = databasesOf(stack, 'postgres');
    const documents = databasesOf(stack, 'mongodb');
    if (relational.length > 0)
      files.push(script('init-postgres.sh', initPostgres(relational)), script('backup.sh', backup(stack)));
    for (const { name, kind, external } of stack.components) {
      const elsewhere = databasesOf(stack, kind, 'server').filter(({ component }) => component === name);
      if (kind === 'postgres' && external !== undefined && elsewhere.length > 0)
        files.push(script('create-databases.sh', createDatabases(elsewhere, shellText(external))));
    }
    if (documents.length > 0)
      files.push({ ...script('init-mongodb.js', initMongodb(documents)), mode: 0o644 });
    return files;
  },
};

const script = (name: string, content: string): PlannedFile => ({
  path: `scripts/${name}`,
  content,
  origin: `scripts/${name}`,
  mode: 0o755,
});

/** `${NAME:-default}` means the same to a shell. */
const shellText = (address: Expression): string =>
  resolveExpression(address, (reference) =>
    reference.kind !== 'environment'
      ? ''
      : reference.fallback === undefined
        ? `\${${reference.variable}:?set ${reference.variable}}`
        : `\${${reference.variable}:-${reference.fallback}}`,
  );

const generateServices = `#!/bin/sh
# Renders everything that services.yaml describes. Same as: hometrip generate
set -eu
cd "$(dirname "$0")/../.."
exec ./hometrip generate "$@"
`;

function migrate(stack: Stack): string {
  const services = stack.services.filter(
    ({ database }) =>
      database !== undefined &&
      stack.components.some(({ name: component, kind }) => component === database && kind === 'postgres'),
  );
  return `#!/bin/sh
# Brings the database of each service (or of those that you name) to its newest migration, in the containers of
# docker-compose.yml. The embedded stack migrates by itself: hometrip up
set -eu
cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- ${services.map(({ name }) => name).join(' ')}
for service in "$@"; do
  echo "migrating $service"
  docker compose run --rm --no-deps "$service" node main.js migrate
done
`;
}

function backup(stack: Stack): string {
  const [first] = databasesOf(stack, 'postgres');
  return `#!/bin/sh
# Dumps each PostgreSQL database of docker-compose.yml (or those that you name) into a new folder below the first
# argument (default: ./backups). A folder is there only when every dump in it is complete.
set -eu
target=\${1:-backups}
[ "$#" -eq 0 ] || shift
[ "$#" -gt 0 ] || set -- ${databasesOf(stack, 'postgres')
    .map(({ name }) => name)
    .join(' ')}
folder=$target/$(date -u +%Y-%m-%dT%H-%M-%SZ)
umask 077
mkdir -p "$folder.partial"
trap 'rm -rf "$folder.partial"' EXIT
compose=$(dirname "$0")/../docker-compose.yml
for database in "$@"; do
  docker compose --file "$compose" exec -T ${first?.component ?? 'postgres'} pg_dump --username postgres --format custom "$database" > "$folder.partial/$database.dump"
  echo "$database"
done
mv "$folder.partial" "$folder"
echo "backup is in $folder"
`;
}
