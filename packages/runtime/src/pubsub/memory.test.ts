import { testPubSub } from './conformance.ts';

testPubSub('Memory', () => new URL('memory:'));
