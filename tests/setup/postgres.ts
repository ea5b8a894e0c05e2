/** The services layer runs on the PostgreSQL that projects run their tests on. */
export { default } from '../../packages/cli/src/testing/main.ts';
