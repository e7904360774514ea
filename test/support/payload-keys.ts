import { randomBytes } from 'node:crypto';

/** A key as `openssl rand -base64 32` makes it. */
export const generatePayloadKey = (): string => randomBytes(32).toString('base64');
