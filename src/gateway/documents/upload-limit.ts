import type { FastifyRequest } from 'fastify';
import { MAX_DOCUMENTS } from '../../domain/limits.js';
import { refusal } from '../problem.js';

/** About as long as an upload and its inspection take. */
const RETRY_AFTER_SECONDS = '2';

/** Keeps one caller from taking all of the gateway's disk and inspections. */
export interface UploadLimit {
  /** Runs an upload. @throws ProblemError where the caller has as many under way as a signing has documents */
  within<Result>(request: FastifyRequest, caller: string, upload: () => Promise<Result>): Promise<Result>;
}

export function createUploadLimit(): UploadLimit {
  const underWay = new Map<string, number>();
  return {
    within: async (request, caller, upload) => {
      const before = underWay.get(caller) ?? 0;
      if (before >= MAX_DOCUMENTS) {
        // A client that still sends may not see an answer on a connection that is cut off.
        request.raw.resume();
        throw tooMany();
      }
      underWay.set(caller, before + 1);
      try {
        return await upload();
      } finally {
        const left = (underWay.get(caller) ?? 1) - 1;
        if (left === 0) underWay.delete(caller);
        else underWay.set(caller, left);
      }
    },
  };
}

function tooMany() {
  return refusal(
    'too-many-uploads',
    `${MAX_DOCUMENTS} uploads of this caller are under way. Wait until one of them has ended.`,
    { 'retry-after': RETRY_AFTER_SECONDS },
  );
}
