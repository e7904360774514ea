import type { Fault } from '../../fake-flexperto/index.js';
import { planFaultsFor } from './faults.js';
import { type SeededRandom, createSeededRandom } from './seeded-random.js';

/** What employee and customer do at the end of a signing. Seconds count from its start. */
export type PlannedOutcome =
  | { readonly kind: 'signed' | 'signed-in-part' | 'identification-failed' | 'withdrawn' }
  | { readonly kind: 'cancelled' | 'expired'; readonly seconds: number };

/** Everything about one signing that is decided before the run begins. */
export interface SigningPlan {
  readonly requestId: string;
  /** The contract session's name in the Dashboard, unique in the run. */
  readonly name: string;
  readonly employeeId: string;
  readonly method: 'aes' | 'ves' | 'qes';
  /** The names of its documents in the order of the request, not in alphabetical order. */
  readonly documents: readonly string[];
  /** Whether the employee clicks a second time. */
  readonly startsTwice: boolean;
  /** How long the customer takes after the hand-over. */
  readonly customerSeconds: number;
  /** Whether `checkNow` follows when the customer has acted; otherwise the signing's own polling must notice. */
  readonly sendsCheckNow: boolean;
  readonly outcome: PlannedOutcome;
  /** Whether no operator decides when the signing needs attention. */
  readonly staysUnresolved: boolean;
  readonly faults: readonly Fault[];
}

const EMPLOYEES = 7;

/** The plan of signing `number`, counted from 0. It depends on the seed and the number alone. */
export function planSigning(seed: number, number: number): SigningPlan {
  const random = createSeededRandom(`${seed}/session/${number}`);
  const requestId = `chaos-${String(number + 1).padStart(4, '0')}`;
  const name = `Task ${requestId} / Documents to be signed`;
  const documents = planDocuments(random);
  const outcome = planOutcome(random);
  return {
    requestId,
    name,
    employeeId: String(40 + Math.floor(random.next() * EMPLOYEES)),
    method: random.pick(['aes', 'ves', 'qes']),
    documents,
    startsTwice: random.chance(0.1),
    customerSeconds: random.decimalBetween(0, 6),
    sendsCheckNow: random.chance(0.7),
    outcome,
    staysUnresolved: outcome.kind === 'signed' && random.chance(0.06),
    faults: planFaults(name, documents, random),
  };
}

export function planSignings(seed: number, count: number): SigningPlan[] {
  return Array.from({ length: count }, (_, number) => planSigning(seed, number));
}

/** The number of documents, by weight: mostly few, since inspecting one takes a quarter of a second; 4 on average. */
const DOCUMENTS = {
  few: { weight: 70, min: 1, max: 3 },
  several: { weight: 22, min: 4, max: 9 },
  many: { weight: 6, min: 10, max: 19 },
  all: { weight: 2, min: 20, max: 20 },
};

function planDocuments(random: SeededRandom): string[] {
  const { few, several, many, all } = DOCUMENTS;
  const size = random.pickWeighted({
    few: few.weight,
    several: several.weight,
    many: many.weight,
    all: all.weight,
  });
  const { min, max } = DOCUMENTS[size];
  const count = min + Math.floor(random.next() * (max - min + 1));
  return Array.from({ length: count }, (_, index) => {
    const letter = String.fromCharCode(97 + Math.floor(random.next() * 26));
    return `${letter}-${index + 1}.pdf`;
  });
}

function planOutcome(random: SeededRandom): PlannedOutcome {
  const kind = random.pickWeighted({
    signed: 76,
    'signed-in-part': 5,
    'identification-failed': 5,
    withdrawn: 5,
    cancelled: 5,
    expired: 4,
  });
  return kind === 'cancelled' || kind === 'expired'
    ? { kind, seconds: random.decimalBetween(1, 60) }
    : { kind };
}

function planFaults(session: string, documents: readonly string[], random: SeededRandom): Fault[] {
  const once = (['initiate', 'upload-url', 'list', 'hand-over'] as const).flatMap((call) =>
    planFaultsFor({ call, session }, random),
  );
  const each = documents.flatMap((document) =>
    (['upload', 'attach'] as const).flatMap((call) => planFaultsFor({ call, session, document }, random)),
  );
  return [...once, ...each];
}
