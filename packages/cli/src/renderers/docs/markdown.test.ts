import { expect, it } from 'vitest';
import { table } from './markdown.ts';

it('a cell cannot leave its table', () => {
  expect(table(['a', 'b'], [['x|y\n# heading\n- item', '<script>alert(1)</script>']])).toBe(
    ['| a | b |', '| --- | --- |', '| x\\|y # heading - item | &lt;script>alert(1)&lt;/script> |'].join('\n'),
  );
});
