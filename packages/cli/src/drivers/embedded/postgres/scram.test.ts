import { expect, test } from 'vitest';
import { scramVerifier, verifies } from './scram.ts';

test('a verifier holds the keys of the RFC 7677 example (password "pencil")', async () => {
  const verifier = await scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('a stored verifier tells whether a password is the one', async () => {
  const stored = await scramVerifier('right');
  expect(await verifies(stored, 'right')).toBe(true);
  expect(await verifies(stored, 'wrong')).toBe(false);
  expect(await verifies(null, 'right')).toBe(false);
  expect(await verifies('md5a3556571e93b0d20722ba62be61e8c2d', 'right')).toBe(false);
});
