import { MAX_TOTAL_BYTES } from '../domain/limits.js';
import { readRequest } from '../domain/read-request.js';
import type {
  CheckedDocument,
  Method,
  Problem,
  RequestedDocument,
  SigningRequest,
} from '../domain/request.js';
import { DocumentUnavailableError } from './errors.js';
import { inBoundedParallel } from './in-bounded-parallel.js';
import type { PdfInspection, PdfInspector } from './pdf-inspection.js';
import type { Sources } from './sources.js';

/** What is known of a request before anything is sent: that it can be, with its documents' facts, or all its problems. */
export type CheckedRequest =
  | { readonly ok: true; readonly request: SigningRequest; readonly documents: readonly CheckedDocument[] }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** The problems that may be gone in a moment: a host that does not answer. */
      readonly passing: readonly Problem[];
    };

export interface RequestChecker {
  /** Looks at a request as it came and at every document it names, and reports all problems at once. Sends nothing. */
  check(input: unknown, signal?: AbortSignal): Promise<CheckedRequest>;
}

const DOCUMENTS_AT_ONCE = 3;

export function createRequestChecker(sources: Sources, inspector: PdfInspector): RequestChecker {
  const checkDocument = async (
    document: RequestedDocument,
    method: Method,
    signal?: AbortSignal,
  ): Promise<Looked> => {
    if (document.source === '') return {};
    try {
      const verdict = await sources.withFile(
        document.source,
        (path) => inspector.inspect(path, signal),
        signal,
      );
      if (!verdict.ok) return { problem: verdict.problem };
      return judged(document, method, verdict.inspection);
    } catch (error) {
      if (!(error instanceof DocumentUnavailableError)) throw error;
      return { problem: error.message, passing: error.passing };
    }
  };

  return {
    check: async (input, signal) => {
      const { request, problems } = readRequest(input);
      const looked = await inBoundedParallel(DOCUMENTS_AT_ONCE, request.documents, (document) =>
        checkDocument(document, request.method, signal),
      );
      const named = looked.map(({ problem, passing }, index) => ({
        passing,
        problem: {
          field: `documents[${index}]`,
          message: `(${request.documents[index]?.name ?? ''}) ${problem ?? ''}`,
        },
        bad: problem !== undefined,
      }));
      const documents = looked.flatMap(({ document }) => document ?? []);
      const all = [
        ...problems,
        ...named.filter(({ bad }) => bad).map(({ problem }) => problem),
        ...tooMuch(documents),
      ];
      if (all.length === 0) return { ok: true, request, documents };
      return {
        ok: false,
        problems: all,
        passing: named.filter(({ passing }) => passing).map(({ problem }) => problem),
      };
    },
  };
}

interface Looked {
  readonly document?: CheckedDocument;
  readonly problem?: string;
  readonly passing?: boolean;
}

function judged(document: RequestedDocument, method: Method, found: PdfInspection): Looked {
  if (document.sha256 !== undefined && document.sha256 !== found.sha256) {
    return { problem: 'does not have the SHA-256 that the request names' };
  }
  if (document.signatureFields === 'required' && method !== 'qes' && found.fields === found.signedFields) {
    return { problem: missingField(found) };
  }
  return { document: { ...document, bytes: found.bytes, sha256: found.sha256, fields: found.fields } };
}

function missingField({ fields }: PdfInspection): string {
  return fields === 0
    ? 'has no signature field, and flexperto cannot place one: add it in the PDF, or send the document with signatureFields "none"'
    : 'has no empty signature field: all of its signature fields are already signed';
}

function tooMuch(documents: readonly CheckedDocument[]): Problem[] {
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  if (bytes <= MAX_TOTAL_BYTES) return [];
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return [{ field: 'documents', message: `have ${megabytes} MB together, where 50 MB are allowed` }];
}
