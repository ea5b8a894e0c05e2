// One database and one user for each service; a user may read and write its own database only.
// The image runs this once, when its data folder is new.
const fs = require('node:fs');

const databases = [
  { name: 'analytics', passwordFile: process.env.ANALYTICS_DATABASE_PASSWORD_FILE },
  { name: 'message', passwordFile: process.env.MESSAGE_DATABASE_PASSWORD_FILE },
  { name: 'notification', passwordFile: process.env.NOTIFICATION_DATABASE_PASSWORD_FILE },
  { name: 'review', passwordFile: process.env.REVIEW_DATABASE_PASSWORD_FILE },
];

for (const { name, passwordFile } of databases) {
  db.getSiblingDB(name).createUser({
    user: name,
    pwd: fs.readFileSync(passwordFile, 'utf8').trim(),
    roles: [{ role: 'dbOwner', db: name }],
  });
}
