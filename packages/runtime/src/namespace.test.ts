import { expect, it } from 'vitest';
import { withinServer } from './namespace.ts';
import { readUrl, SettingError } from './settings.ts';

it.each([
  [
    'postgres://admin:secret@db.internal:5432/postgres?sslmode=require',
    'postgres://shop_note@db.internal:5432/shop_note?sslmode=require',
  ],
  ['postgresql://db.internal', 'postgresql://shop_note@db.internal/shop_note'],
  ['mongodb://ada:secret@a,b/', 'mongodb://ada:secret@a,b/shop_note?authSource=admin'],
  ['mongodb://ada@db/users?w=1', 'mongodb://ada@db/shop_note?w=1&authSource=users'],
  ['mongodb+srv://ada@db/?authSource=x', 'mongodb+srv://ada@db/shop_note?authSource=x'],
  ['rediss://:secret@cache:6380/2', 'rediss://:secret@cache:6380/2?prefix=shop_note'],
  ['redis://cache?prefix=other', 'redis://cache?prefix=other'],
  ['amqps://ada@broker/vhost', 'amqps://ada@broker/vhost?exchange=shop_note'],
  ['amqp://broker?exchange=events', 'amqp://broker?exchange=events'],
])('%s is %s for shop_note', (server, own) => {
  expect(withinServer(new URL(server), 'shop_note')?.href).toBe(own);
});

it('is a setting beside the address, and the password is our own', () => {
  const url = readUrl(
    {
      DATABASE_URL: 'postgres://admin:secret@db.internal:5432',
      DATABASE_NAMESPACE: 'shop_note',
      DATABASE_PASSWORD: 'own',
    },
    'DATABASE_URL',
  );
  expect(url?.href).toBe('postgres://shop_note:own@db.internal:5432/shop_note');
});

it('is refused where the server knows nothing of the kind', () => {
  expect(() => readUrl({ MAILER_URL: 'smtp://mail', MAILER_NAMESPACE: 'shop' }, 'MAILER_URL')).toThrow(
    SettingError,
  );
});
