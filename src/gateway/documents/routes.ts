import { access, constants, mkdir } from 'node:fs/promises';
import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ConfigError } from '../../config.js';
import { codeOf } from '../../network/error-code.js';
import { createPdfInspector, type PdfVerdict } from '../../documents/pdf-inspection.js';
import { signingObstacle } from '../../documents/signable.js';
import { callerOf } from '../caller.js';
import type { GatewayMetrics } from '../metrics.js';
import { refusal } from '../problem.js';
import { jsonResponse, problemResponses } from '../responses.js';
import { receiveDocument, type Received } from './receive.js';
import { sweepRegularly } from './sweep-regularly.js';
import type { Sweeping } from './sweep.js';
import { uploadFolders, type UploadArea } from './upload-folder.js';
import { createUploadLimit } from './upload-limit.js';

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
    201: jsonResponse('It is uploaded.', UploadedDocument),
    ...problemResponses(
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
export function documentsRoutes(sweeping: Sweeping, metrics: GatewayMetrics): FastifyPluginAsyncZod {
  const { area } = sweeping;
  const inspector = createPdfInspector();
  const uploads = createUploadLimit();
  return async (app) => {
    await makeFolders(area);
    sweepRegularly(app, sweeping, metrics);
    app.removeAllContentTypeParsers();
    await app.register(fastifyMultipart);
    // The form is read while it arrives, by receive.ts.
    const validatorCompiler = () => (value: unknown) => ({ value });
    app.post('/documents', { schema, validatorCompiler }, async (request, reply) => {
      const signal = whenGone(reply);
      const { identity } = callerOf(request);
      return uploads.within(request, identity, async () => {
        const received = await receiveDocument(request, area);
        const { sha256 } = received;
        const inspect = () => inspector.inspect(received.upload.path, { caller: identity, sha256, signal });
        const document = await inspected(received, inspect);
        metrics.countUploadedBytes(document.bytes);
        return reply.code(201).send(document);
      });
    });
  };
}

/** Not recursive: that never ends where a file system takes no folder, such as below /proc. */
async function makeFolders(area: UploadArea): Promise<void> {
  const folders = uploadFolders(area);
  try {
    for (const folder of folders) {
      await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
    }
    await access(`${folders[2]}/`, constants.W_OK);
  } catch (error) {
    const code = codeOf(error, 'unknown error');
    throw new ConfigError(
      `SIGNING_DOCUMENT_ROOT must be a folder that the gateway can write to, for uploads (${code}).`,
    );
  }
}

async function inspected(
  { upload, name, bytes, sha256 }: Received,
  inspect: () => Promise<PdfVerdict>,
): Promise<z.output<typeof UploadedDocument>> {
  try {
    const verdict = await inspect();
    const problems = problemsOf(verdict).map((problem) => `${name} ${problem}.`);
    const source = await upload.keep();
    const { pages, fields, warnings } = verdict.ok
      ? verdict.inspection
      : { pages: null, fields: null, warnings: [] };
    const concerns = warnings.map((warning) => `${name} ${warning}.`);
    return { source, bytes, sha256, pages, signatureFields: fields, problems, warnings: concerns };
  } catch (error) {
    await upload.discard();
    throw error;
  }
}

function problemsOf(verdict: PdfVerdict): string[] {
  const problem = verdict.ok ? signingObstacle(verdict.inspection, 'aes') : verdict.problem;
  return problem === undefined ? [] : [problem];
}

/** Aborted when the client is gone before its answer. */
function whenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(refusal('invalid-request', 'The client has gone.'));
  });
  return gone.signal;
}
