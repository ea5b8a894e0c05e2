import { expect, it } from 'vitest';
import { formatDiff } from './index.ts';
import { emptyTree } from './test-kit.ts';

it('shows what a plan changes as one unified diff', async () => {
  const tree = emptyTree();
  await tree.generate({ gone: 'x\n', changed: 'a\nb\n', same: 'x\n' });
  expect(formatDiff(await tree.plan({ changed: 'a\nc\n', fresh: 'y\n', same: 'x\n' }))).toBe(`--- a/changed
+++ b/changed
@@ -1,2 +1,2 @@
 a
-b
+c
--- /dev/null
+++ b/fresh
@@ -0,0 +1,1 @@
+y
--- a/gone
+++ /dev/null
@@ -1,1 +0,0 @@
-x
`);
});
