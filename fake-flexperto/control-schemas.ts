import { z } from 'zod';

/** A {@link Fault} as JSON. */
export const faultSchema = z.strictObject({
  call: z.enum(['initiate', 'upload-url', 'upload', 'attach', 'list', 'hand-over']),
  times: z.int().min(1).exactOptional(),
  skip: z.int().min(0).exactOptional(),
  document: z.string().exactOptional(),
  session: z.string().exactOptional(),
  status: z.int().min(200).max(599).exactOptional(),
  body: z.unknown().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  retryAfter: z.string().exactOptional(),
  effect: z.boolean().exactOptional(),
  delaySeconds: z.number().min(0).exactOptional(),
  delayBefore: z.boolean().exactOptional(),
  reset: z.enum(['before', 'after']).exactOptional(),
  slowBody: z.number().positive().exactOptional(),
  truncate: z.boolean().exactOptional(),
  answer: z.string().exactOptional(),
  uploadUrlSeconds: z.number().positive().exactOptional(),
});

export const clockSchema = z.union(
  [z.strictObject({ advanceSeconds: z.number() }), z.strictObject({ set: z.iso.datetime({ offset: true }) })],
  { error: 'expected {"advanceSeconds": a number} or {"set": an ISO date-time}' },
);

export const settingsSchema = z.strictObject({
  uploadUrlSeconds: z.number().positive().exactOptional(),
  attach: z.enum(['POST', 'GET']).exactOptional(),
  attachAnswer: z.enum(['document', 'empty']).exactOptional(),
  list: z.boolean().exactOptional(),
  listShape: z.enum(['array', 'object']).exactOptional(),
  listFileIds: z.boolean().exactOptional(),
  fileSeconds: z.number().positive().exactOptional(),
  tellsFileLife: z.boolean().exactOptional(),
});

/** One document of a session; without an id, every document that allows the action. */
export const documentActionSchema = z.strictObject({
  documentId: z.int().exactOptional(),
  reason: z.string().exactOptional(),
});

/** One sentence that names each invalid field. */
export function describeValidationError(what: string, error: z.ZodError): string {
  const problems = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return `Invalid ${what}: ${problems.join('; ')}.`;
}
