import { hasRole, isIssuer } from '../../model/blueprints.ts';
import type { EdgeRoute, Stack } from '../../model/stack.ts';
import { serviceDocument } from '../openapi/service-document.ts';
import type { RenderContext } from '../renderer.ts';

export function quickStart(stack: Stack, templates: RenderContext['templates']): string {
  const front = stack.services.find(hasRole('front'));
  const issuer = stack.services.find(isIssuer);
  const paths = issuer === undefined ? [] : Object.keys(serviceDocument(issuer, templates).paths);
  // Only an issuer that lets people register themselves, as the stock one does, can be shown in two lines.
  const register = paths.find((path) => path.endsWith('/register'))?.replace('/api/v1', '');
  const port = front?.port ?? stack.services[0]?.port ?? 3001;
  const first = firstEntity(stack);
  return `# Quick start of ${stack.name}

## Without Docker
\`\`\`sh
./hometrip up        # everything as local processes on one embedded PostgreSQL
./hometrip status
./hometrip logs -f
./hometrip down      # data stays; --volumes removes it
\`\`\`

## With Docker
\`\`\`sh
./hometrip build                          # what the images hold; docker build then needs no network
cp generated/.env.example generated/.env
docker compose --file generated/docker-compose.yml up --detach --build --wait
\`\`\`

## Call it
\`\`\`sh
API=http://127.0.0.1:${port}/api/v1
${register === undefined ? '' : signIn(register)}${first === undefined ? '' : `curl -s $API/${first.path}${register === undefined ? '' : ' -H "authorization: Bearer $TOKEN"'}\n`}\`\`\`

${front === undefined ? '' : `All endpoints are at http://127.0.0.1:${front.port}/docs while the stack runs.\n\n`}## Ports
${stack.services.map(({ name, port: number }) => `- ${name}: ${number}`).join('\n')}

The embedded stack takes another port when one of these is busy; \`./hometrip status\` shows the real ones.
`;
}

const signIn = (
  register: string,
): string => `TOKEN=$(curl -s $API${register} -H 'content-type: application/json' \\
  -d '{"email":"ada@example.com","password":"correct horse battery","displayName":"Ada"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s $API${register.replace(/register$/, 'me')} -H "authorization: Bearer $TOKEN"
`;

function firstEntity(stack: Stack): { path: string } | undefined {
  const entity = stack.services.flatMap(({ entities }) => entities)[0];
  const route: EdgeRoute | undefined = stack.routes.find(({ prefix }) =>
    prefix.endsWith(`/${entity?.names.path}`),
  );
  return route === undefined ? undefined : { path: route.prefix.replace('/api/v1/', '') };
}
