import {
  created,
  type DocumentTx,
  IdParams,
  listQuery,
  noContent,
  ok,
  page,
  type Repository,
  type Route,
  route,
} from '@hometrip/runtime';
import { CreatePlace, Place, PlaceFilters, placeSortKeys, UpdatePlace } from './schema.ts';

interface Dependencies {
  readonly places: Repository<Place, DocumentTx>;
}

/** Places: everyone may read; admins may create, change and delete. */
export const placeRoutes = ({ places }: Dependencies): Route[] => [
  route.get('/places', {
    summary: 'List places',
    tag: 'Places',
    auth: 'public',
    query: listQuery({ filters: PlaceFilters, sortable: placeSortKeys }),
    responses: { 200: page(Place) },
    async handler({ query }) {
      return ok(await places.list(query));
    },
  }),

  route.post('/places', {
    summary: 'Create a place',
    tag: 'Places',
    auth: 'admin',
    idempotencyKey: true,
    body: CreatePlace,
    responses: { 201: Place },
    async handler({ body }) {
      const place = await places.insert(body);
      return created(place, `/api/v1/places/${place.id}`);
    },
  }),

  route.get('/places/:id', {
    summary: 'Get a place',
    tag: 'Places',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => places.get(params.id),
    responses: { 200: Place },
    async handler({ record: place }) {
      return ok(place);
    },
  }),

  route.patch('/places/:id', {
    summary: 'Change a place',
    tag: 'Places',
    auth: 'admin',
    params: IdParams,
    body: UpdatePlace,
    responses: { 200: Place },
    async handler({ params, body, ifMatch }) {
      const place = await places.update(params.id, body, { revision: ifMatch });
      return ok(place);
    },
  }),

  route.delete('/places/:id', {
    summary: 'Delete a place',
    tag: 'Places',
    auth: 'admin',
    params: IdParams,
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await places.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
