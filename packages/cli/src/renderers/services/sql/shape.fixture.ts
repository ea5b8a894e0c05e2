import type pg from 'pg';

/** Columns, constraints and indexes, as the server has them, without their order. */
export async function tableShape(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(`
    select format('%s.%s %s%s default %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end, pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and c.relname <> 'schema_migrations'
    union all select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0 and conname not like 'schema_migrations%' and contype <> 'n'
    union all select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schema_migrations'
    order by 1`);
  return rows.map(({ line }: { line: string }) => line);
}
