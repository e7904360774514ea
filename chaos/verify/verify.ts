import type { ContractSession } from '../run/vendor.js';
import { countCalls, verifyCalls } from './calls.js';
import { verifyDocuments } from './documents.js';
import { verifyOutcome } from './outcome.js';
import type { Evidence, Violation } from './evidence.js';

/** Compares the vendor's ledger with every workflow. What it finds is what must not be. */
export function findViolations({
  acceptedSignings,
  contractSessions,
  ledger,
  workflows,
}: Evidence): Violation[] {
  const counts = countCalls(ledger);
  const byName = groupByName(contractSessions);
  return [
    ...acceptedSignings.flatMap((order): Violation[] => {
      const own = byName.get(order.plan.name) ?? [];
      const workflow = workflows.get(order.plan.requestId);
      return [
        ...findDuplicates(order.plan.requestId, own),
        ...own.flatMap((contract) => verifyDocuments(order, contract)),
        ...(workflow === undefined ? [] : verifyCalls(order, own, workflow, counts)),
        ...verifyOutcome(order, own, workflow),
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
      description: `contract session ${id} was never asked for`,
    }));
}
