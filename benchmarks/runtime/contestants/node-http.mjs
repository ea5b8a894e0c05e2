/** What nothing built on Node can beat. */
import { page, serve } from './shared.mjs';

export const start = () =>
  serve((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(page));
  });
