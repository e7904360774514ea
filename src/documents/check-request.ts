import pLimit from 'p-limit';
import type { Problem } from '../domain/field-schema.js';
import { parseRequest } from '../domain/parse-request.js';
import type { CheckedDocument, Method, RequestedDocument, SigningRequest } from '../domain/request.js';
import { MAX_DOCUMENTS, MAX_TOTAL_BYTES } from '../domain/request.js';
import type { PdfInspector } from '../pdf/inspector.js';
import type { PdfFacts, PdfInspection } from '../pdf/verdict.js';
import { DocumentUnavailableError } from './errors.js';
import type { Sources } from './sources.js';

const ADD_FIELD_ADVICE =
  'and flexperto cannot place one: add it in the PDF, or send the document with signatureFields "none"';

/**
 * Why nobody can sign this PDF by a method; `undefined` if somebody can. Completes "contract.pdf …". `qes` needs no field,
 * because the vendor signs the whole document.
 */
export function checkSignatureRequirement(facts: PdfFacts, method: Method): string | undefined {
  if (facts.isLocked) {
    return (
      'is certified against every change (DocMDP level 1), so that a further signature would break the first: ' +
      'use the PDF as it was before, or send the document with signatureFields "none"'
    );
  }
  return method === 'qes' ? undefined : checkSignatureFields(facts);
}

function checkSignatureFields({ fields, signedFields, unplacedFields }: PdfFacts): string | undefined {
  if (fields > signedFields + unplacedFields) return undefined;
  if (fields === 0) return `has no signature field, ${ADD_FIELD_ADVICE}`;
  return unplacedFields > 0
    ? `has no empty signature field on any of its pages, ${ADD_FIELD_ADVICE}`
    : 'has no empty signature field: all of its signature fields are already signed';
}

/** The request with the facts of its documents, or all its problems. */
export type CheckedRequest =
  | { readonly ok: true; readonly request: SigningRequest; readonly documents: readonly InspectedDocument[] }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** The problems that may be gone soon, such as a host that does not answer. */
      readonly transientProblems: readonly Problem[];
    };

export interface InspectedDocument extends CheckedDocument {
  /** What a person should check before sending. Each completes the sentence "contract.pdf …". */
  readonly warnings: readonly string[];
}

export interface RequestChecker {
  /** Checks an unvalidated request and every document that it names, and reports all problems together. Sends nothing. */
  check(input: unknown, signal?: AbortSignal): Promise<CheckedRequest>;
}

const DOCUMENT_CONCURRENCY = 3;

export function createRequestChecker(sources: Sources, inspector: PdfInspector): RequestChecker {
  const checkDocument = async (
    document: RequestedDocument,
    { method, employeeId }: SigningRequest,
    signal?: AbortSignal,
  ): Promise<DocumentResult> => {
    if (document.source === '') return {};
    try {
      const verdict = await sources.withFile(
        document.source,
        (path) =>
          inspector.inspect(path, { caller: employeeId, ...(signal === undefined ? {} : { signal }) }),
        signal,
      );
      if (!verdict.ok) return { problem: verdict.problem };
      return evaluateDocument(document, method, verdict.inspection);
    } catch (error) {
      if (!(error instanceof DocumentUnavailableError)) throw error;
      return { problem: error.message, isTransient: error.isTransient };
    }
  };

  return {
    check: async (input, signal) => {
      const { request, problems } = parseRequest(input);
      const limit = pLimit(DOCUMENT_CONCURRENCY);
      // `problems` names an excess of documents; those beyond the limit are not inspected.
      const documentsInLimit = request.documents.slice(0, MAX_DOCUMENTS);
      const results = await Promise.all(
        documentsInLimit.map((document) => limit(checkDocument, document, request, signal)),
      );
      const documentProblems = results.flatMap(({ problem, isTransient }, index) =>
        problem === undefined
          ? []
          : { isTransient, problem: toProblem(index, request.documents[index], problem) },
      );
      const allProblems = [
        ...problems,
        ...documentProblems.map(({ problem }) => problem),
        ...checkTotalSize(results),
      ];
      const documents = results.flatMap(({ document }) => document ?? []);
      if (allProblems.length === 0) return { ok: true, request, documents };
      const transientProblems = documentProblems
        .filter((documentProblem) => documentProblem.isTransient === true)
        .map(({ problem }) => problem);
      return { ok: false, problems: allProblems, transientProblems };
    },
  };
}

/** The result of checking one document. */
interface DocumentResult {
  readonly document?: InspectedDocument;
  readonly problem?: string;
  readonly isTransient?: boolean;
  /** Known for every document that could be read, also for one with a problem. */
  readonly bytes?: number;
}

function toProblem(index: number, document: RequestedDocument | undefined, problem: string): Problem {
  const name = document?.name ?? '';
  return { field: `documents[${index}]`, message: name === '' ? problem : `(${name}) ${problem}` };
}

function evaluateDocument(
  document: RequestedDocument,
  method: Method,
  inspection: PdfInspection,
): DocumentResult {
  const { bytes, sha256, pages, fields, warnings } = inspection;
  if (document.sha256 !== undefined && document.sha256 !== sha256) {
    return { bytes, problem: 'does not have the SHA-256 that the request names' };
  }
  const problem = checkSignatureRequirement(inspection, method);
  if (document.signatureFields === 'required' && problem !== undefined) return { bytes, problem };
  // Warnings are about signature fields, and nobody signs this document.
  const shownWarnings = document.signatureFields === 'none' ? [] : warnings;
  return { bytes, document: { ...document, bytes, sha256, pages, fields, warnings: shownWarnings } };
}

function checkTotalSize(results: readonly DocumentResult[]): Problem[] {
  const bytes = results.reduce((sum, result) => sum + (result.bytes ?? 0), 0);
  if (bytes <= MAX_TOTAL_BYTES) return [];
  // Rounded up, so that an excess never shows as the allowed 50.0 MB.
  const megabytes = (Math.ceil(bytes / 100_000) / 10).toFixed(1);
  return [{ field: 'documents', message: `have ${megabytes} MB together, where 50 MB are allowed` }];
}
