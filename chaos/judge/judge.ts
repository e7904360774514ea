import type { ShownSession } from '../run/vendor.js';
import { countCalls, judgeCalls } from './calls.js';
import { judgeDocuments } from './documents.js';
import { judgeEnding } from './ending.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';

/** Compares the vendor's ledger with every workflow. What it finds is what must not be. */
export function judge({ orders, contracts, ledger, workflows }: Evidence): Finding[] {
  const counts = countCalls(ledger);
  const byName = groupByName(contracts);
  return [
    ...orders.flatMap((order): Finding[] => {
      const own = byName.get(order.plan.name) ?? [];
      const workflow = workflows.get(order.plan.requestId);
      return [
        ...createdTwice(order.plan.requestId, own),
        ...own.flatMap((contract) => judgeDocuments(order, contract)),
        ...(workflow === undefined ? [] : judgeCalls(order, own, workflow, counts)),
        ...judgeEnding(order, own, workflow),
      ];
    }),
    ...neverAskedFor(contracts, new Set(orders.map(({ plan }) => plan.name))),
  ];
}

function groupByName(contracts: readonly ShownSession[]): Map<string, ShownSession[]> {
  const groups = new Map<string, ShownSession[]>();
  for (const contract of contracts)
    groups.set(contract.name, [...(groups.get(contract.name) ?? []), contract]);
  return groups;
}

function createdTwice(requestId: string, [first, ...more]: readonly ShownSession[]): Finding[] {
  return more.map(({ id }) => ({
    offence: 'created-twice',
    requestId,
    what: `contract session ${id} exists beside ${first?.id ?? 0}`,
  }));
}

function neverAskedFor(contracts: readonly ShownSession[], names: ReadonlySet<string>): Finding[] {
  return contracts
    .filter(({ name }) => !names.has(name))
    .map(({ id, name }) => ({
      offence: 'created-twice',
      requestId: name,
      what: `contract session ${id} was never asked for`,
    }));
}
