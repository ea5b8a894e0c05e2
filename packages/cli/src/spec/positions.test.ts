import { describe, expect, it } from 'vitest';
import { findingsOf } from './testing/findings.ts';

const head = 'name: demo\nversion: 1\n';
const places = (text: string, environment?: string): string[] =>
  findingsOf(head + text, { environment })
    .split('\n')
    .filter((line) => line.startsWith('services.yaml:'));

describe('a finding points to where the mistake is written', () => {
  it('in what an anchor holds, once, however often it is used', () => {
    const text = `services:
  a-service: { port: 4001, calls: &calls [x-service] }
  b-service: { port: 4002, calls: *calls }
`;
    expect(places(text)).toEqual([
      'services.yaml:4:43  HT0203  a-service calls "x-service", which is not declared',
      'services.yaml:4:43  HT0203  b-service calls "x-service", which is not declared',
    ]);
  });

  it('at the alias, when the value is right where it is anchored', () => {
    const text = `services:
  a-service: { port: &port 4001 }
  b-service: { port: *port }
`;
    expect(places(text)).toEqual([
      'services.yaml:5:22  HT0301  b-service listens on 4001, as a-service does',
    ]);
  });

  it('in the mapping that a merge key brings', () => {
    const text = `services:
  a-service: &base { port: 4001, limits: { memory: 1X } }
  b-service: { <<: *base, port: 4002 }
`;
    expect(places(text)).toEqual([
      'services.yaml:4:52  HT0205  a-service: limits.memory: "1X" is not a size',
      'services.yaml:4:52  HT0205  b-service: limits.memory: "1X" is not a size',
    ]);
  });

  it('in the key that overrides a merged one', () => {
    const text = `services:
  a-service: &base { port: 4001, replicas: 2 }
  b-service: { <<: [*base], port: 4002, replicas: many }
`;
    expect(places(text)).toEqual([
      'services.yaml:5:51  HT0204  b-service: replicas takes a number, not the text "many"',
    ]);
  });

  const overlay = `environments:
  production:
    services:
      a-service: { port: 4002, calls: [x-service] }
services:
  a-service: { port: 4001 }
  b-service: { port: 4002 }
`;

  it('in the overlay that causes it, wherever in the file that is', () => {
    expect(places(overlay, 'production')).toEqual([
      'services.yaml:6:26  HT0301  a-service listens on 4002, as b-service does',
      'services.yaml:6:40  HT0203  a-service calls "x-service", which is not declared',
    ]);
  });

  it('in an overlay that was not chosen, too', () => {
    expect(places(overlay)).toEqual(places(overlay, 'production'));
  });

  it('in an overlay that does not have the form of a spec', () => {
    const text = `services:
  a-service: { port: 4001 }
environments:
  production:
    service: { a-service: { replicas: 3 } }
  staging: 5
`;
    expect(places(text)).toEqual([
      'services.yaml:7:5  HT0201  the spec has no key "service"',
      'services.yaml:8:12  HT0204  environments.staging takes a mapping, not 5',
    ]);
  });
});

describe('an overlay', () => {
  it('removes with null and replaces lists', () => {
    const text = `services:
  a-service: { port: 4001, calls: [b-service, c-service] }
  b-service: { port: 4002 }
  c-service: { port: 4003 }
environments:
  small:
    services:
      a-service: { calls: [b-service] }
      c-service: null
`;
    expect(places(text)).toEqual([]);
  });

  it('that leaves a reference to what it removes is wrong where the reference is', () => {
    const text = `services:
  a-service: { port: 4001, calls: [b-service] }
  b-service: { port: 4002 }
environments:
  small:
    services: { b-service: null }
`;
    expect(places(text)).toEqual([
      'services.yaml:4:36  HT0203  a-service calls "b-service", which is not declared',
    ]);
  });
});
