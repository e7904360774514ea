import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readClientConfig, requireDocumentRoot } from '../config.js';
import {
  createRequestChecker,
  type CheckedRequest,
  type InspectedDocument,
} from '../documents/check-request.js';
import { createPdfInspector } from '../documents/pdf-inspection.js';
import { createSources } from '../documents/sources.js';
import type { CheckedDocument } from '../domain/request.js';
import { InvalidRequestError } from '../starter/index.js';
import { addCommand, type Context } from './command.js';
import { readRequestFile } from './request-file.js';
import { size, table } from './table.js';

export function addValidate(program: Command, { output, action }: Context): void {
  addCommand(program, 'validate', 'look at a request and all its documents; send nothing, ask no server')
    .argument('<request>', 'a JSON file, or - for stdin')
    .action(
      action(async (path: string) => {
        const checked = await check(await readRequestFile(path));
        if (!checked.ok) throw new InvalidRequestError(checked.problems);
        const documents = checked.documents.map(described);
        output.answer({ valid: true, requestId: checked.request.requestId, documents }, [
          `The request ${checked.request.requestId} is valid; nothing was sent.`,
          ...documentTable(checked.documents).map((line) => `  ${line}`),
          ...checked.documents.flatMap(({ name, warnings }) =>
            warnings.map((warning) => `Warning: ${name} ${warning}.`),
          ),
        ]);
        return 'done';
      }),
    );
}

async function check(input: unknown): Promise<CheckedRequest> {
  const config = readClientConfig(process.env);
  requireDocumentRoot(config);
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

function described(document: InspectedDocument): object {
  const { name, bytes, sha256, pages, fields, signatureFields, warnings } = document;
  return { name, bytes, sha256, pages, fields, signatureFields, warnings };
}

function documentTable(documents: readonly CheckedDocument[]): string[] {
  const rows = documents.map(({ name, bytes, pages, fields, signatureFields }) => [
    name,
    size(bytes),
    String(pages),
    signatureFields === 'none' ? 'for information' : 'to be signed',
    String(fields),
  ]);
  return table(['Document', 'Size', 'Pages', 'Purpose', 'Signature fields'], rows);
}
