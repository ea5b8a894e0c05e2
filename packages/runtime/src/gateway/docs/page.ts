/** The page around Swagger UI. Scripts and styles are files of their own, so that the policy needs no exception for them. */

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const pageHtml = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(title)}</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<main id="docs"><p class="loading">Loading the documentation of all services&hellip;</p></main>
<noscript>This page needs JavaScript. The document itself: <a href="/docs/openapi.json">/docs/openapi.json</a></noscript>
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/page.js" defer></script>
</body>
</html>
`;

export const PAGE_SCRIPT = `SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
  validatorUrl: null,
  tagsSorter: 'alpha',
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** Calmer than the default, and readable on a telephone. A lock means: a token is missing here. */
export const PAGE_STYLE = `:root { --accent: #d1385c; --ink: #24292f; --line: #e3e6ea; }
body { margin: 0; background: #fff; color: var(--ink); }
body, .swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .btn, .swagger-ui label, .swagger-ui select, .swagger-ui .opblock .opblock-summary-description {
  font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
.loading, noscript { display: block; max-width: 60rem; margin: 6rem auto; padding: 0 1.5rem; color: #57606a; font: 1rem/1.5 system-ui, sans-serif; }
.swagger-ui .wrapper { max-width: 72rem; padding: 0 1.5rem; }
.swagger-ui .info { margin: 2.5rem 0 1.5rem; }
.swagger-ui .info .title { font-size: 2rem; letter-spacing: -0.02em; color: var(--ink); }
.swagger-ui .info a { color: var(--accent); }
.swagger-ui .scheme-container { margin: 0 0 1.5rem; padding: 0.75rem 0; background: #f7f8fa; box-shadow: none; border-block: 1px solid var(--line); }
.swagger-ui .btn.authorize { color: var(--accent); border-color: var(--accent); }
.swagger-ui .btn.authorize svg { fill: var(--accent); }
.swagger-ui .btn.execute { background: var(--accent); border-color: var(--accent); }
.swagger-ui .opblock-tag { font-size: 1.15rem; border-bottom: 1px solid var(--line); }
.swagger-ui .opblock { border-radius: 8px; box-shadow: none; margin: 0 0 0.5rem; }
.swagger-ui .opblock .opblock-summary-method { border-radius: 6px; min-width: 4.75rem; font-size: 0.75rem; }
.swagger-ui .opblock .opblock-summary-path { font-size: 0.9rem; word-break: break-word; }
.swagger-ui .filter .operation-filter-input { border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0.75rem; margin: 0 0 1rem; }
.swagger-ui .opblock .authorization__btn:has(.locked) { visibility: hidden; }
.swagger-ui section.models { border-color: var(--line); border-radius: 8px; }
`;

const escapeHtml = (text: string): string =>
  text.replaceAll(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] as string,
  );
