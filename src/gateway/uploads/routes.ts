import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { access, constants, mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { checkSignatureRequirement } from '../../documents/check-request.js';
import { MAX_DOCUMENTS } from '../../domain/request.js';
import { createPdfInspector } from '../../pdf/inspector.js';
import type { PdfVerdict } from '../../pdf/verdict.js';
import { ConfigError, getErrorCode } from '../../shared/errors.js';
import { getCaller } from '../auth/caller.js';
import { createProblemError, describeJsonResponse, describeProblemResponses } from '../http/problem.js';
import type { GatewayMetrics } from '../metrics.js';
import { type CleanupOptions, scheduleCleanup } from './cleanup.js';
import { type ReceivedFile, receiveUpload } from './receive.js';
import { type UploadArea, getUploadFolders } from './storage.js';

const UploadedDocument = z
  .strictObject({
    source: z
      .string()
      .describe('The `source` for a document in a signing request; it ends with the file name.'),
    bytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    pages: z.int().nullable().describe('Null if the file could not be inspected.'),
    signatureFields: z
      .int()
      .nullable()
      .describe('Signature fields, signed ones included; null if the file could not be inspected.'),
    problems: z
      .array(z.string())
      .describe(
        'Why it cannot be signed, in sentences. A missing signature field is not a problem with the method `qes` or for a ' +
          'document with signatureFields "none".',
      ),
    warnings: z
      .array(z.string())
      .describe('What to check before it is sent, in sentences, such as an invisible signature field.'),
  })
  .meta({ id: 'UploadedDocument' });

const schema = {
  tags: ['documents'],
  operationId: 'uploadDocument',
  summary: 'Upload a PDF and check whether it can be signed',
  description:
    'A PDF that cannot be signed is stored, too, and the response says why. An unused upload is removed after a day.',
  consumes: ['multipart/form-data'],
  body: z.strictObject({ file: z.file().describe('The PDF, with its file name; up to 50 MB.') }),
  response: {
    201: describeJsonResponse('The document is uploaded.', UploadedDocument),
    ...describeProblemResponses(
      'invalid-request',
      'unauthorized',
      'too-large',
      'unsupported-media-type',
      'too-many-uploads',
      'internal',
      'not-inspected',
    ),
  },
};

/** `POST /documents`, and the removal of unused uploads. The uploads are below the document root. */
export function uploadRoutes(cleanup: CleanupOptions, metrics: GatewayMetrics): FastifyPluginAsyncZod {
  const { area } = cleanup;
  const inspector = createPdfInspector();
  const limiter = createUploadLimiter();
  return async (app) => {
    await createUploadFolders(area);
    scheduleCleanup(app, cleanup, metrics);
    app.removeAllContentTypeParsers();
    await app.register(fastifyMultipart);
    // receiveUpload reads the form while it arrives.
    const validatorCompiler = () => (value: unknown) => ({ value });
    app.post('/documents', { schema, validatorCompiler }, async (request, reply) => {
      const signal = abortOnDisconnect(reply);
      const { identity } = getCaller(request);
      return limiter.run(request, identity, async () => {
        const file = await receiveUpload(request, area);
        const { sha256 } = file;
        const inspect = () => inspector.inspect(file.upload.path, { caller: identity, sha256, signal });
        const document = await inspectUpload(file, inspect);
        metrics.countUploadedBytes(document.bytes);
        return reply.code(201).send(document);
      });
    });
  };
}

/** Not recursive: a recursive mkdir never ends on a file system without folders, such as /proc. */
async function createUploadFolders(area: UploadArea): Promise<void> {
  const folders = getUploadFolders(area);
  try {
    for (const folder of folders) {
      await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
        if (getErrorCode(error) !== 'EEXIST') throw error;
      });
    }
    await access(`${folders[2]}/`, constants.W_OK);
  } catch (error) {
    const code = getErrorCode(error, 'unknown error');
    throw new ConfigError(
      `SIGNING_DOCUMENT_ROOT must be a folder that the gateway can write to, for uploads (${code}).`,
    );
  }
}

async function inspectUpload(
  { upload, name, bytes, sha256 }: ReceivedFile,
  inspect: () => Promise<PdfVerdict>,
): Promise<z.output<typeof UploadedDocument>> {
  try {
    const verdict = await inspect();
    const problems = describeProblems(verdict).map((problem) => `${name} ${problem}.`);
    const source = await upload.commit();
    const { pages, fields, warnings } = verdict.ok
      ? verdict.inspection
      : { pages: null, fields: null, warnings: [] };
    const warningSentences = warnings.map((warning) => `${name} ${warning}.`);
    return { source, bytes, sha256, pages, signatureFields: fields, problems, warnings: warningSentences };
  } catch (error) {
    await upload.discard();
    throw error;
  }
}

function describeProblems(verdict: PdfVerdict): string[] {
  const problem = verdict.ok ? checkSignatureRequirement(verdict.inspection, 'aes') : verdict.problem;
  return problem === undefined ? [] : [problem];
}

/** Aborts if the client disconnects before its response. */
function abortOnDisconnect({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished)
      controller.abort(createProblemError('invalid-request', 'The client has disconnected.'));
  });
  return controller.signal;
}

/** About the duration of an upload and its inspection. */
const RETRY_AFTER_SECONDS = '2';

/** Prevents one caller from using all of the gateway's disk and inspections. */
interface UploadLimiter {
  /** Runs an upload. @throws ProblemError if the caller already has MAX_DOCUMENTS uploads in progress */
  run<Result>(request: FastifyRequest, caller: string, upload: () => Promise<Result>): Promise<Result>;
}

function createUploadLimiter(): UploadLimiter {
  const active = new Map<string, number>();
  return {
    run: async (request, caller, upload) => {
      const before = active.get(caller) ?? 0;
      if (before >= MAX_DOCUMENTS) {
        // A client may miss the response on a connection that closes while it is sending.
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
    `${MAX_DOCUMENTS} uploads of this caller are in progress. Wait until one of them has ended.`,
    { 'retry-after': RETRY_AFTER_SECONDS },
  );
}
