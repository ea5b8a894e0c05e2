/** A bare handler: no token, no validation, no metrics, no log. */
import express from 'express';
import { page, serve } from './shared.mjs';

export function start() {
  const app = express();
  app.get('/api/v1/wishlists', (_, response) => {
    response.json(page);
  });
  return serve(app);
}
