import { MAX_DOCUMENTS, MAX_TOTAL_BYTES } from '../domain/limits.js';
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
import { signingObstacle } from './signable.js';
import type { Sources } from './sources.js';

/** What is known of a request before anything is sent: that it can be, with its documents' facts, or all its problems. */
export type CheckedRequest =
  | { readonly ok: true; readonly request: SigningRequest; readonly documents: readonly InspectedDocument[] }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** The problems that may be gone in a moment: a host that does not answer. */
      readonly passing: readonly Problem[];
    };

export interface InspectedDocument extends CheckedDocument {
  /** The MAC of its bytes in clear (`contentMacOf`): a secret of the worker's. */
  readonly mac: string;
  /** What somebody should look at before it is sent. Each completes the sentence "contract.pdf …". */
  readonly warnings: readonly string[];
}

export interface RequestChecker {
  /** Looks at a request as it came and at every document it names, and reports all problems at once. Sends nothing. */
  check(input: unknown, signal?: AbortSignal): Promise<CheckedRequest>;
}

const DOCUMENTS_AT_ONCE = 3;

export function createRequestChecker(sources: Sources, inspector: PdfInspector): RequestChecker {
  const checkDocument = async (
    document: RequestedDocument,
    { method, employeeId }: SigningRequest,
    signal?: AbortSignal,
  ): Promise<Looked> => {
    if (document.source === '') return {};
    try {
      const verdict = await sources.withFile(
        document.source,
        (path) =>
          inspector.inspect(path, { caller: employeeId, ...(signal === undefined ? {} : { signal }) }),
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
      // How many there are too many is one of the problems; those are not looked at.
      const looked = await inBoundedParallel(
        DOCUMENTS_AT_ONCE,
        request.documents.slice(0, MAX_DOCUMENTS),
        (document) => checkDocument(document, request, signal),
      );
      const bad = looked.flatMap(({ problem, passing }, index) =>
        problem === undefined ? [] : { passing, problem: named(index, request.documents[index], problem) },
      );
      const all = [...problems, ...bad.map(({ problem }) => problem), ...tooMuch(looked)];
      const documents = looked.flatMap(({ document }) => document ?? []);
      if (all.length === 0) return { ok: true, request, documents };
      const passing = bad.filter((one) => one.passing === true).map(({ problem }) => problem);
      return { ok: false, problems: all, passing };
    },
  };
}

/** What came of looking at one document. */
interface Looked {
  readonly document?: InspectedDocument;
  readonly problem?: string;
  readonly passing?: boolean;
  /** Known also of a document with a problem, where it could be read. */
  readonly bytes?: number;
}

function named(index: number, document: RequestedDocument | undefined, problem: string): Problem {
  const name = document?.name ?? '';
  return { field: `documents[${index}]`, message: name === '' ? problem : `(${name}) ${problem}` };
}

function judged(document: RequestedDocument, method: Method, found: PdfInspection): Looked {
  const { bytes, sha256, mac, pages, fields, warnings } = found;
  if (document.sha256 !== undefined && document.sha256 !== sha256) {
    return { bytes, problem: 'does not have the SHA-256 that the request names' };
  }
  const problem = signingObstacle(found, method);
  if (document.signatureFields === 'required' && problem !== undefined) return { bytes, problem };
  // How a document looks that nobody signs is nobody's concern.
  const concerns = document.signatureFields === 'none' ? [] : warnings;
  return { bytes, document: { ...document, bytes, sha256, mac, pages, fields, warnings: concerns } };
}

function tooMuch(looked: readonly Looked[]): Problem[] {
  const bytes = looked.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  if (bytes <= MAX_TOTAL_BYTES) return [];
  // Rounded up, so that too much never reads as the 50.0 MB that are allowed.
  const megabytes = (Math.ceil(bytes / 100_000) / 10).toFixed(1);
  return [{ field: 'documents', message: `have ${megabytes} MB together, where 50 MB are allowed` }];
}
