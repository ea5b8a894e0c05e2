/** Three rows of a table, with a column that is nobody's business. */
export const rows = Array.from({ length: 3 }, (_, index) => ({
  id: `01980000-0000-7000-8000-00000000000${index + 1}`,
  title: 'Attic by the lake',
  owner: '01980000-0000-7000-8000-000000000009',
  revision: 3,
  createdAt: '2026-07-01T10:00:00.000Z',
  updatedAt: '2026-07-01T10:00:00.000Z',
  internalNote: 'not for clients',
}));
