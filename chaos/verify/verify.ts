import type { ContractSession } from '../run/vendor.js';
import { countCalls, verifyCalls } from './calls.js';
import { verifyDocuments } from './documents.js';
import type { Evidence, Violation } from './evidence.js';
import { verifyOutcome } from './outcome.js';

/** Compares the vendor's ledger with every workflow, and returns every violation. */
export function findViolations({
  acceptedSignings,
  contractSessions,
  ledger,
  workflows,
}: Evidence): Violation[] {
  const counts = countCalls(ledger);
  const byName = groupByName(contractSessions);
  return [
    ...acceptedSignings.flatMap((signing): Violation[] => {
      const own = byName.get(signing.plan.name) ?? [];
      const workflow = workflows.get(signing.plan.requestId);
      return [
        ...findDuplicates(signing.plan.requestId, own),
        ...own.flatMap((contract) => verifyDocuments(signing, contract)),
        ...(workflow === undefined ? [] : verifyCalls(signing, own, workflow, counts)),
        ...verifyOutcome(signing, own, workflow),
      ];
    }),
    ...findUnrequested(contractSessions, new Set(acceptedSignings.map(({ plan }) => plan.name))),
  ];
}

function groupByName(contracts: readonly ContractSession[]): Map<string, ContractSession[]> {
  const groups = new Map<string, ContractSession[]>();
  for (const contract of contracts)
    groups.set(contract.name, [...(groups.get(contract.name) ?? []), contract]);
  return groups;
}

function findDuplicates(requestId: string, [first, ...more]: readonly ContractSession[]): Violation[] {
  return more.map(({ id }) => ({
    kind: 'created-twice',
    requestId,
    description: `contract session ${id} exists beside ${first?.id ?? 0}`,
  }));
}

function findUnrequested(contracts: readonly ContractSession[], names: ReadonlySet<string>): Violation[] {
  return contracts
    .filter(({ name }) => !names.has(name))
    .map(({ id, name }) => ({
      kind: 'created-twice',
      requestId: name,
      description: `contract session ${id} was not requested`,
    }));
}
