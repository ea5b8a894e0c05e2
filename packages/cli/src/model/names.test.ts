import { describe, expect, it } from 'vitest';
import { collisionKey, entityNames, pluralOf, shortName, snakeCase } from './names.ts';

describe('names', () => {
  it('of an entity, for each place', () => {
    expect(entityNames('blocked-date')).toEqual({
      camel: 'blockedDate',
      pascal: 'BlockedDate',
      table: 'blocked_date',
      path: 'blocked-dates',
      plural: 'blockedDates',
    });
  });

  it.each([
    ['photo', 'photos'],
    ['city', 'cities'],
    ['day', 'days'],
    ['address', 'addresses'],
    ['box', 'boxes'],
    ['branch', 'branches'],
    ['analysis', 'analyses'],
    ['person', 'people'],
    ['sales-person', 'sales-people'],
    ['constructor', 'constructors'],
    ['movie', 'movies'],
    ['status', 'statuses'],
    ['child', 'children'],
    ['news', 'news'],
    ['sheep', 'sheep'],
    ['series', 'series'],
    ['criterion', 'criteria'],
    ['leaf', 'leaves'],
    ['orders', 'orders'],
    ['people', 'people'],
    ['time-series', 'time-series'],
    ['sku2', 'sku2s'],
  ])('the plural of %s is %s', (one, many) => {
    expect(pluralOf(one)).toBe(many);
  });

  it.each([
    ['checkIn', 'check_in'],
    ['url', 'url'],
    ['line2Text', 'line2_text'],
  ])('the column of %s is %s', (field, column) => {
    expect(snakeCase(field)).toBe(column);
  });

  it('of services lose what they have in common', () => {
    expect([shortName('booking-service'), shortName('service'), shortName('api-gateway')]).toEqual([
      'booking',
      'service',
      'api-gateway',
    ]);
    expect(collisionKey('web-shop-service')).toBe(collisionKey('webshop'));
  });
});
