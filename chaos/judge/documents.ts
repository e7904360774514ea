import type { ShownSession } from '../run/vendor.js';
import type { Order } from './evidence.js';
import type { Finding, Offence } from './finding.js';

type Attached = ShownSession['documents'][number];

/** Compares what is attached at the vendor with what was asked for. A session that got stuck has the first few documents. */
export function judgeDocuments({ plan, sha256s }: Order, { documents }: ShownSession): Finding[] {
  const { requestId } = plan;
  const finding = (offence: Offence, what: string): Finding => ({ offence, requestId, what });
  const isAgain = (document: Attached, index: number): boolean =>
    isAmong(documents.slice(0, index), document);
  const repeated = documents.filter(isAgain);
  const once = documents.filter((document, index) => !isAgain(document, index));
  return [
    ...repeated.map(({ name }) => finding('attached-twice', `${name} is attached more than once`)),
    ...once.flatMap(({ name, sha256 }, place) => {
      const wanted = plan.documents.indexOf(name);
      if (wanted === -1) return finding('order-or-bytes', `${name} was never asked for`);
      if (wanted !== place)
        return finding('order-or-bytes', `${name} is number ${place + 1}, not ${wanted + 1}`);
      return sha256 === sha256s[wanted] ? [] : finding('order-or-bytes', `${name} has other bytes`);
    }),
  ];
}

/** The same file attached again, or the same document uploaded and attached again. */
function isAmong(before: readonly Attached[], { fileId, name }: Attached): boolean {
  return before.some((other) => other.fileId === fileId || other.name === name);
}
