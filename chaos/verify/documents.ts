import type { ContractSession } from '../run/vendor.js';
import type { AcceptedSigning, Violation, ViolationKind } from './evidence.js';

type AttachedDocument = ContractSession['documents'][number];

/** Compares the documents at the vendor with the request. A signing that is not complete has the first few of them. */
export function verifyDocuments(
  { plan, sha256s }: AcceptedSigning,
  { documents }: ContractSession,
): Violation[] {
  const { requestId } = plan;
  const createViolation = (kind: ViolationKind, description: string): Violation => ({
    kind,
    requestId,
    description,
  });
  const isRepeated = (document: AttachedDocument, index: number): boolean =>
    includesDocument(documents.slice(0, index), document);
  const repeated = documents.filter(isRepeated);
  const distinct = documents.filter((document, index) => !isRepeated(document, index));
  return [
    ...repeated.map(({ name }) => createViolation('attached-twice', `${name} is attached more than once`)),
    ...distinct.flatMap(({ name, sha256 }, position) => {
      const expectedPosition = plan.documents.indexOf(name);
      if (expectedPosition === -1) return createViolation('order-or-bytes', `${name} was not requested`);
      if (expectedPosition !== position)
        return createViolation(
          'order-or-bytes',
          `${name} is number ${position + 1}, not ${expectedPosition + 1}`,
        );
      return sha256 === sha256s[expectedPosition]
        ? []
        : createViolation('order-or-bytes', `${name} has other bytes`);
    }),
  ];
}

/** The same file attached again, or the same document uploaded and attached again. */
function includesDocument(before: readonly AttachedDocument[], { fileId, name }: AttachedDocument): boolean {
  return before.some((other) => other.fileId === fileId || other.name === name);
}
