import { testPubSub } from './conformance.ts';
import { testKeptTopics } from './kept-conformance.ts';

testPubSub('Memory', () => new URL('memory:'));
testKeptTopics('Memory', () => new URL('memory:'));
