import type { Command } from 'commander';
import { resolve } from 'node:path';
import { InvalidRequestError } from '../../client/index.js';
import {
  type CheckedRequest,
  type InspectedDocument,
  createRequestChecker,
} from '../../documents/check-request.js';
import { createSources } from '../../documents/sources.js';
import type { CheckedDocument } from '../../domain/request.js';
import { createPdfInspector } from '../../pdf/inspector.js';
import { assertDocumentRoot, readClientConfig } from '../../shared/config/index.js';
import { type CommandContext, addCommand } from '../command.js';
import { formatSize, formatTable } from '../output/output.js';
import { readRequestFile } from '../request-file.js';

export function addValidate(program: Command, { output, action }: CommandContext): void {
  addCommand(
    program,
    'validate',
    'check a request and all its documents; send nothing, call no Temporal server',
  )
    .argument('<request>', 'a JSON file, or - for stdin')
    .action(
      action(async (path: string) => {
        const checked = await checkRequest(await readRequestFile(path));
        if (!checked.ok) throw new InvalidRequestError(checked.problems);
        const documents = checked.documents.map(toDocumentResult);
        output.printResult({ valid: true, requestId: checked.request.requestId, documents }, [
          `The request ${checked.request.requestId} is valid; nothing was sent.`,
          ...formatDocuments(checked.documents).map((line) => `  ${line}`),
          ...checked.documents.flatMap(({ name, warnings }) =>
            warnings.map((warning) => `Warning: ${name} ${warning}.`),
          ),
        ]);
        return 'done';
      }),
    );
}

async function checkRequest(input: unknown): Promise<CheckedRequest> {
  const config = readClientConfig(process.env);
  assertDocumentRoot(config);
  const sources = createSources({
    root: resolve(config.documentRoot),
    hosts: config.documentHosts,
    proxies: config.proxies,
  });
  try {
    return await createRequestChecker(sources, createPdfInspector()).check(input);
  } finally {
    await sources.close();
  }
}

function toDocumentResult(document: InspectedDocument): object {
  const { name, bytes, sha256, pages, fields, signatureFields, warnings } = document;
  return { name, bytes, sha256, pages, fields, signatureFields, warnings };
}

function formatDocuments(documents: readonly CheckedDocument[]): string[] {
  const rows = documents.map(({ name, bytes, pages, fields, signatureFields }) => [
    name,
    formatSize(bytes),
    String(pages),
    signatureFields === 'none' ? 'for information' : 'to be signed',
    String(fields),
  ]);
  return formatTable(['Document', 'Size', 'Pages', 'Purpose', 'Signature fields'], rows);
}
