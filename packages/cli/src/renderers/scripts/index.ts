/** Thin shell scripts for people and containers that look for them. */
import { script } from '../../files/planned-file.ts';
import { storesSql } from '../../model/capabilities.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';

export const scripts: Renderer = {
  id: 'scripts',
  description: 'migrate and generate scripts',
  render: (stack) => [script('generate-services.sh', generateServices), script('migrate.sh', migrate(stack))],
};

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
      stack.components.some((component) => component.name === database && storesSql(component)),
  );
  return `#!/bin/sh
# Brings the database of each service (or of those that you name) to its newest migration, in the containers of
# docker-compose.yml. The embedded stack migrates by itself: hometrip up
set -eu
cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- ${services.map(({ name }) => name).join(' ')}
for service in "$@"; do
  echo "migrating $service"
  docker compose run --rm --no-deps "$service" migrate
done
`;
}
