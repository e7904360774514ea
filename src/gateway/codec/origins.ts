import { fastifyCors } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** `Authorization-Extras` is the second token that the Temporal UI sends where its login gives it one. */
const HEADERS = ['Authorization', 'Authorization-Extras', 'Content-Type', 'X-Namespace'];
const PREFLIGHT_HOLDS_SECONDS = 600;

/**
 * Lets web pages of these origins call the routes of `app`, and tells pages of others nothing. Their preflight needs no
 * key. Credentials are allowed since the Temporal UI can be told to send them, for a login in front of the gateway.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(fastifyCors, {
    // As a function: a list would still send the other headers to every origin.
    origin: (origin, answer) => {
      answer(null, origin !== undefined && origins.includes(origin));
    },
    methods: ['POST'],
    allowedHeaders: HEADERS,
    credentials: true,
    maxAge: PREFLIGHT_HOLDS_SECONDS,
    strictPreflight: false,
  });
}
