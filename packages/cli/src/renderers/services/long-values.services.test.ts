/** Values as long as the spec allows them to be, in generated services: they are stored, sorted, paged and told apart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GeneratedService, startGenerated } from './generated-service.fixture.ts';

const spec = (store: string) => `
name: cursor
version: 1
components: { ${store}: {} }
services:
  doc-service:
    port: 4101
    database: ${store}
    entities:
      doc:
        $access: { read: public, create: public, update: public, delete: public }
        $unique: [[code, name, note]]
        title: string(1000)
        rank: int = 1
        score: number = 0
        day: date = 2024-01-01
        at: datetime = 2024-01-01T00:00:00Z
        code: { type: string(5000)?, unique: true }
        site: { type: url?, unique: true }
        body: { type: text?, unique: true }
        name: string(200)?
        note: string(300)?
`;
const path = '/api/v1/docs';

/** Text that cannot be compressed: no two characters alike, each of three bytes. */
const varied = (length: number, seed = 0) =>
  String.fromCodePoint(...Array.from({ length }, (_, at) => 0x4e00 + ((at * 7919 + seed) % 20_000)));

describe.each(['postgres', 'mongodb'])('on %s', (store) => {
  let service: GeneratedService;
  beforeAll(async () => {
    service = await startGenerated(spec(store), 'doc-service');
  });
  afterAll(() => service?.stop());

  const add = async (body: object) =>
    (await service.expecting(201).post(path, { title: 'x', ...body })).body as any;
  const ids = async (query: string, limit: number): Promise<string[]> => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: any = await service.get(`${path}?${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`);
      expect(page.status, JSON.stringify(page.body)).toBe(200);
      found.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }
    return found;
  };

  it.each([
    [
      'title',
      [
        '🏡'.repeat(500),
        `${'🏡'.repeat(499)}a`,
        varied(1_000),
        'é',
        'e\u0301',
        'Z',
        'a',
        '\u0001'.repeat(1_000),
      ],
    ],
    ['rank', [0, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ['score', [0.1 + 0.2, 0.3, 5e-324, -1.7976931348623157e308]],
    ['day', ['0001-01-01', '9999-12-31', '2024-02-29']],
    [
      'at',
      [
        '2024-01-01T00:00:00.1239Z',
        '2024-01-01T00:00:00.123Z',
        '0001-01-01T00:00:00Z',
        '9999-12-31T23:59:59.999Z',
      ],
    ],
  ] as const)('pages by %s, whatever it holds', async (field, values) => {
    for (const value of values) await add({ [field]: value });
    for (const sort of [field, `-${field}`]) {
      const once = await ids(`sort=${sort}`, 100);
      expect(new Set(once).size).toBe(once.length);
      expect(await ids(`sort=${sort}`, 1)).toEqual(once);
    }
  });

  it.each([
    ['code', varied(5_000), varied(5_000, 1)],
    ['site', `https://example.com/${varied(2_000)}`, `https://example.com/${varied(2_000, 1)}`],
    ['body', varied(20_000), varied(20_000, 1)],
  ])('tells apart what is unique and long: %s', async (field, value, other) => {
    await add({ [field]: value });
    const again = await service.post(path, { title: 'x', [field]: value });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'duplicate', errors: [{ path: `body.${field}` }] },
    });
    expect(await add({ [field]: other })).toMatchObject({ [field]: other });
  });

  it('tells apart groups that are long together', async () => {
    const group = { name: varied(200), note: varied(300) };
    await add({ ...group, code: 'a' });
    await add({ ...group, code: 'b' });
    const { status } = await service.post(path, { title: 'x', ...group, code: 'a' });
    expect(status).toBe(409);
  });

  it('finds by equality what is long', async () => {
    const code = varied(1_200, 7);
    const { id } = await add({ code });
    expect(await ids(`code=${encodeURIComponent(code)}`, 10)).toEqual([id]);
  });
});
