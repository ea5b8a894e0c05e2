/** What client developers are promised through the gateway, whatever servers are behind the services. */
import { describe, expect, it } from 'vitest';
import { client } from './hometrip.ts';

/** A new user, who is signed in. */
export async function registerAt(
  gateway: string,
  displayName: string,
): Promise<{ token: string; refreshToken: string; id: string }> {
  const email = `${displayName.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.com`;
  const { status: code, body } = await client(`${gateway}/api/v1`).post('/auth/register', {
    email,
    password: 'correct horse battery',
    displayName,
  });
  expect(code, JSON.stringify(body)).toBe(201);
  return { token: body.accessToken, refreshToken: body.refreshToken, id: body.account.id };
}

export function testThroughTheGateway(gateway: () => string): void {
  const api = (token?: string) => client(`${gateway()}/api/v1`, token);
  const register = (displayName: string) => registerAt(gateway(), displayName);

  describe('through the gateway', () => {
    it('people register, sign in, refresh and sign out', async () => {
      const { token, refreshToken } = await register('Ada');
      expect((await api(token).get('/auth/me')).body.displayName).toBe('Ada');
      const renewed = await api().post('/auth/refresh', { refreshToken });
      expect(renewed.status).toBe(200);
      expect((await api().post('/auth/refresh', { refreshToken })).status).toBe(401);
      expect((await api('not.a.token').get('/auth/me')).status).toBe(401);
    });

    const id = () => crypto.randomUUID();
    const listing = {
      title: 'Loft',
      description: 'By the river',
      propertyType: 'apartment',
      city: 'Lisbon',
      country: 'PT',
      latitude: 38.7,
      longitude: -9.1,
      maxGuests: 2,
      nightlyPrice: 9000,
    };
    const conversation = async (token: string, participants: string[] = [id()]): Promise<string> =>
      (await api(token).post('/conversations', { participants, subject: 'Keys' })).body.id;
    it.each<
      [path: string, values: (token: string) => object | Promise<object>, change: Record<string, unknown>]
    >([
      ['profiles', () => ({ displayName: 'Ada' }), { displayName: 'Ada L.' }],
      ['preferences', () => ({ locale: 'pt' }), { currency: 'USD' }],
      ['listings', () => listing, { title: 'Loft with a view' }],
      [
        'bookings',
        () => ({ listingId: id(), checkIn: '2027-05-01', checkOut: '2027-05-04', guests: 2, total: 27000 }),
        { guests: 1 },
      ],
      ['payments', () => ({ bookingId: id(), amount: 27000 }), { amount: 28000 }],
      ['conversations', () => ({ participants: [id()], subject: 'Keys' }), { subject: 'Keys and towels' }],
      [
        'messages',
        async (token: string) => ({ conversationId: await conversation(token), body: 'Hello' }),
        { body: 'Hello again' },
      ],
      ['reviews', () => ({ bookingId: id(), listingId: id(), rating: 5, body: 'Lovely' }), { rating: 4 }],
    ])('%s are created, read, listed, updated and deleted by their owner', async (path, values, change) => {
      const [owner, stranger] = await Promise.all([register('Owner'), register('Stranger')]);
      const created = await api(owner.token).post(`/${path}`, await values(owner.token));
      expect(created.status, JSON.stringify(created.body)).toBe(201);
      const at = `/${path}/${created.body.id}`;
      const read = await api(owner.token).get(at);
      expect(read.body).toEqual(created.body);
      expect((await api(owner.token).get(`/${path}?owner=${owner.id}&limit=10`)).body.items).toContainEqual(
        created.body,
      );
      expect([403, 404]).toContain((await api(stranger.token).patch(at, change)).status);
      const stale = read.headers.get('etag') ?? '';
      const updated = await api(owner.token).patch(at, change, { 'if-match': stale });
      expect(updated.status, JSON.stringify(updated.body)).toBe(200);
      expect(updated.body).toMatchObject(change);
      expect((await api(owner.token).patch(at, change, { 'if-match': stale })).status).toBe(412);
      expect((await api().delete(at)).status).toBe(401);
      expect((await api(owner.token).delete(at)).status).toBe(204);
      expect((await api(owner.token).get(at)).status).toBe(404);
    });

    it.each([
      ['places', { name: 'Lisbon', country: 'PT', latitude: 38.7, longitude: -9.1 }],
      ['reports', { name: 'May', metric: 'bookings', from: '2027-05-01', to: '2027-06-01' }],
      ['notifications', { kind: 'greeting', title: 'Hi', body: 'Hello' }],
    ])('%s are not for guests to create', async (path, values) => {
      expect((await api((await register('Guest')).token).post(`/${path}`, values)).status).toBe(403);
      expect((await api().post(`/${path}`, values)).status).toBe(401);
    });

    it('nobody adds to what is somebody else’s', async () => {
      const [host, guest, stranger] = await Promise.all([
        register('Host'),
        register('Guest'),
        register('Stranger'),
      ]);
      const { body: home } = await api(host.token).post('/listings', listing);
      const photo = { listingId: home.id, url: 'https://example.com/loft.jpg' };
      const days = { listingId: home.id, from: '2027-05-01', to: '2027-05-04' };
      const message = { conversationId: await conversation(guest.token, [host.id]), body: 'Hello' };
      for (const [path, values, allowed] of [
        ['/photos', photo, [host]],
        ['/blocked-dates', days, [host]],
        ['/messages', message, [guest, host]],
      ] as const) {
        for (const { token } of allowed) expect((await api(token).post(path, values)).status).toBe(201);
        const refused = await api(stranger.token).post(path, values);
        expect([refused.status, refused.body.code]).toEqual([403, 'foreign-reference']);
      }
    });

    it('input that is wrong is refused with every reason', async () => {
      const {
        status: code,
        headers,
        body,
      } = await api((await register('Ada')).token).post('/listings', {
        ...listing,
        latitude: 200,
        title: '',
        color: 'red',
      });
      expect([code, headers.get('content-type')]).toEqual([422, 'application/problem+json']);
      expect(body.errors.map((error: { path: string }) => error.path).sort()).toEqual(
        expect.arrayContaining(['body.latitude', 'body.title']),
      );
    });

    it('the API of the whole system can be browsed', async () => {
      const page = await fetch(`${gateway()}/docs`);
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('text/html'),
      ]);
      const { paths } = (await (await fetch(`${gateway()}/docs/openapi.json`)).json()) as {
        paths: Record<string, unknown>;
      };
      expect(Object.keys(paths)).toEqual(
        expect.arrayContaining([
          '/api/v1/auth/login',
          '/api/v1/listings',
          '/api/v1/bookings/{id}',
          '/api/v1/places',
        ]),
      );
    });
  });
}
