import type { FastifyRequest } from 'fastify';
import { MAX_DOCUMENTS } from '../../domain/request.js';
import { createProblemError } from '../http/problem.js';

/** About as long as an upload and its inspection take. */
const RETRY_AFTER_SECONDS = '2';

/** Keeps one caller from taking all of the gateway's disk and inspections. */
export interface UploadLimiter {
  /** Runs an upload. @throws ProblemError where the caller has as many under way as a signing has documents */
  run<Result>(request: FastifyRequest, caller: string, upload: () => Promise<Result>): Promise<Result>;
}

export function createUploadLimiter(): UploadLimiter {
  const active = new Map<string, number>();
  return {
    run: async (request, caller, upload) => {
      const before = active.get(caller) ?? 0;
      if (before >= MAX_DOCUMENTS) {
        // A client that still sends may not see an answer on a connection that is cut off.
        request.raw.resume();
        throw tooManyUploads();
      }
      active.set(caller, before + 1);
      try {
        return await upload();
      } finally {
        const remaining = (active.get(caller) ?? 1) - 1;
        if (remaining === 0) active.delete(caller);
        else active.set(caller, remaining);
      }
    },
  };
}

function tooManyUploads() {
  return createProblemError(
    'too-many-uploads',
    `${MAX_DOCUMENTS} uploads of this caller are under way. Wait until one of them has ended.`,
    { 'retry-after': RETRY_AFTER_SECONDS },
  );
}
