import { type PlannedFile, script } from '../../files/planned-file.ts';
import type { Database } from '../../model/stack.ts';
import { databasePasswordFile } from '../shared.ts';

/** Runs once, when the container makes its data folder. */
export function initScript(name: string, databases: readonly Database[]): PlannedFile {
  const list = databases.map(
    (database) =>
      `  { name: '${database.name}', passwordFile: process.env.${databasePasswordFile(database)} },`,
  );
  const content = `// One database and one user for each service; a user may read and write its own database only.
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
  return { ...script(name, content), mode: 0o644 };
}
