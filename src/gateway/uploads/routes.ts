import { access, constants, mkdir } from 'node:fs/promises';
import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ConfigError } from '../../shared/config.js';
import { getErrorCode } from '../../shared/errors.js';
import { createPdfInspector } from '../../pdf/inspector.js';
import type { PdfVerdict } from '../../pdf/verdict.js';
import { checkSignatureRequirement } from '../../documents/check-request.js';
import { getCaller } from '../auth/caller.js';
import type { GatewayMetrics } from '../metrics.js';
import { createProblemError } from '../http/problem.js';
import { describeJsonResponse, describeProblemResponses } from '../http/response-schemas.js';
import { receiveUpload, type ReceivedFile } from './receive.js';
import { scheduleCleanup } from './cleanup.js';
import type { CleanupOptions } from './cleanup.js';
import { getUploadFolders, type UploadArea } from './storage.js';
import { createUploadLimiter } from './upload-limiter.js';

const UploadedDocument = z
  .strictObject({
    source: z.string().describe('The `source` of a document in a signing request; it ends in its name.'),
    bytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    pages: z.int().nullable().describe('Null where the file could not be inspected.'),
    signatureFields: z
      .int()
      .nullable()
      .describe('Signature fields, signed ones included; null where the file could not be inspected.'),
    problems: z
      .array(z.string())
      .describe(
        'Why it cannot be signed, in sentences. That a signature field is missing does not matter with the method `qes` ' +
          'and for a document with signatureFields "none".',
      ),
    warnings: z
      .array(z.string())
      .describe(
        'What somebody should look at before it is sent, in sentences, such as a signature field that nobody can see.',
      ),
  })
  .meta({ id: 'UploadedDocument' });

const schema = {
  tags: ['documents'],
  operationId: 'uploadDocument',
  summary: 'Upload a PDF and learn whether it can be signed',
  description:
    'A PDF that cannot be signed is kept too, and the answer says why. What no session uses is removed after a day.',
  consumes: ['multipart/form-data'],
  body: z.strictObject({ file: z.file().describe('The PDF, with its file name; up to 50 MB.') }),
  response: {
    201: describeJsonResponse('It is uploaded.', UploadedDocument),
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

/** `POST /documents`, and the removal of what no session uses. The uploads lie below the document root. */
export function uploadRoutes(cleanup: CleanupOptions, metrics: GatewayMetrics): FastifyPluginAsyncZod {
  const { area } = cleanup;
  const inspector = createPdfInspector();
  const limiter = createUploadLimiter();
  return async (app) => {
    await createUploadFolders(area);
    scheduleCleanup(app, cleanup, metrics);
    app.removeAllContentTypeParsers();
    await app.register(fastifyMultipart);
    // The form is read while it arrives, by receive.ts.
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

/** Not recursive: that never ends where a file system takes no folder, such as below /proc. */
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

/** Aborted when the client is gone before its answer. */
function abortOnDisconnect({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished)
      controller.abort(createProblemError('invalid-request', 'The client has gone.'));
  });
  return controller.signal;
}
