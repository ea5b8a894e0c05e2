/**
 * Templates compiled ahead, by the hash of how and of their text. scripts/boot/bundle.mjs puts them in place of this file; run from
 * source there are none. One that was edited since has another hash, and so is compiled when it is rendered.
 */
export const precompiled: Readonly<Record<string, TemplateSpecification>> = {};
