import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { CacheAdapter, Clock, Opener } from '@hometrip/runtime';

/** `sqlite:///var/cache/notes.db`: a file that all replicas on one machine share. */
export const sqliteCache: Opener<CacheAdapter> = {
  schemes: ['sqlite:'],
  open: async (url, { clock }) =>
    openSqliteCache(fileURLToPath(url.href.replace(/^sqlite:/, 'file:')), clock),
};

function openSqliteCache(file: string, clock: Clock): CacheAdapter {
  const db = new DatabaseSync(file, { timeout: 1_000 });
  db.exec(`pragma journal_mode = wal;
    create table if not exists entry (key text primary key, value text not null, tags text not null, expires integer not null)`);
  const select = db.prepare('select value from entry where key = ? and expires > ?');
  const upsert = db.prepare('insert or replace into entry values (?, ?, ?, ?)');
  const remove = db.prepare('delete from entry where key = ? or expires <= ?');
  const untag = db.prepare('delete from entry where exists (select 1 from json_each(tags) where value = ?)');
  return {
    get: async (key) => select.get(key, clock.now())?.['value'] as string | undefined,
    set: async (key, value, ttlMs, tags) =>
      void upsert.run(key, value, JSON.stringify(tags), clock.now() + ttlMs),
    delete: async (key) => void remove.run(key, clock.now()),
    deleteTag: async (tag) => void untag.run(tag),
    close: async () => {
      if (db.isOpen) db.close();
    },
  };
}
