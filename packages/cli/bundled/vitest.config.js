// How `hometrip test` runs the tests of a project that has no vitest.config of its own: each service has one.
export default { test: { projects: ['generated/services/*', 'generated/clients/*'] } };
