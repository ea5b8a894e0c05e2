// Compiled code is kept between runs; that has to be said before the first import of the bundle.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../dist/compile-cache', import.meta.url)));
await import('../dist/main.js');
