import type { Call, Fault } from '../../fake-flexperto/index.js';
import type { SeededRandom } from './seeded-random.js';

/** The faults that one call can meet. */
export const FAULT_KINDS = [
  'busy', 'error', 'error-after-effect', 'reset-before', 'reset-after', 'slow', 'too-slow', 'dripping', 'truncated',
  'refused', 'request-refused', 'token-refused', 'token-expires-early',
] as const; // prettier-ignore
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The time limit of a call in a chaos run. */
export const CALL_TIMEOUT_SECONDS = 5;

/**
 * Every call that takes effect does so within this time. Neither the operator nor the list could tell a later one from
 * a lost one.
 */
export const LATEST_EFFECT_SECONDS = 8;

/** The probability that one of the first calls of a kind meets a fault. */
const FAULT_PROBABILITY = 0.22;
/** How many of the first calls of each kind may meet a fault; the list is called most. */
const MAX_FAULTS_PER_CALL: Readonly<Record<Call, number>> = {
  initiate: 3,
  'upload-url': 3,
  upload: 3,
  attach: 3,
  list: 6,
  'hand-over': 3,
};

const COMMON_WEIGHTS = {
  busy: 4,
  error: 3,
  'error-after-effect': 2,
  'reset-before': 2,
  'reset-after': 3,
  slow: 6,
  'too-slow': 1,
  dripping: 2,
  truncated: 2,
};

const WEIGHTS: Readonly<Record<Call, Partial<Record<FaultKind, number>>>> = {
  initiate: { ...COMMON_WEIGHTS, refused: 1, 'request-refused': 1 },
  'upload-url': { ...COMMON_WEIGHTS, refused: 1, 'token-expires-early': 8 },
  upload: { ...COMMON_WEIGHTS, 'token-refused': 4 },
  attach: { ...COMMON_WEIGHTS, refused: 1 },
  list: { ...COMMON_WEIGHTS, refused: 1 },
  'hand-over': { ...COMMON_WEIGHTS, refused: 1 },
};

/** The calls that a fault applies to: of one kind, to one contract session, and where given for one document. */
export interface FaultTarget {
  readonly call: Call;
  readonly session: string;
  readonly document?: string;
}

/** The faults of the first calls to a target, at most one a call. */
export function planFaultsFor(target: FaultTarget, random: SeededRandom): Fault[] {
  const positions = Array.from({ length: MAX_FAULTS_PER_CALL[target.call] }, (_, position) => position);
  const hit = positions.filter(() => random.chance(FAULT_PROBABILITY));
  return hit.map((skip) => {
    const kind = random.pickWeighted(WEIGHTS[target.call]);
    return { ...target, skip, ...createFaultEffect(kind, target.call, random) };
  });
}

function createFaultEffect(kind: FaultKind, call: Call, random: SeededRandom): Omit<Fault, 'call'> {
  const delayBefore = random.chance(0.5);
  switch (kind) {
    case 'busy':
      return { status: random.pick([429, 503]), retryAfter: random.pick(['1', '2', '3']) };
    case 'error':
      return { status: random.pick(reconcilesSlowly(call) ? [500] : [500, 502, 503, 504]) };
    case 'error-after-effect':
      return { status: random.pick([500, 502, 504]), effect: true };
    case 'reset-before':
      return { reset: 'before' };
    case 'reset-after':
      return { reset: 'after', delaySeconds: random.decimalBetween(0, 0.5) };
    case 'slow':
      return { delaySeconds: random.decimalBetween(0.1, 3), delayBefore };
    case 'too-slow':
      return {
        delaySeconds: random.decimalBetween(CALL_TIMEOUT_SECONDS + 0.5, LATEST_EFFECT_SECONDS),
        delayBefore,
      };
    case 'dripping':
      return { slowBody: Math.round(random.decimalBetween(80, 400)) };
    case 'truncated':
      return { truncate: true };
    case 'refused':
      return { status: random.pick([401, 403]) };
    case 'request-refused':
      return { status: random.pick([400, 422]) };
    case 'token-refused':
      return { status: random.pick([401, 403, 410]) };
    case 'token-expires-early':
      return { uploadUrlSeconds: random.pick([1, 5, 20]) };
  }
}

/** After 502 to 504 without an effect the worker watches the list for five minutes, longer than a short run takes. */
function reconcilesSlowly(call: Call): boolean {
  return call === 'attach' || call === 'hand-over';
}

/** The kind of a fault, for the report. */
export function classifyFault(fault: Fault): FaultKind {
  if (fault.uploadUrlSeconds !== undefined) return 'token-expires-early';
  if (fault.truncate === true) return 'truncated';
  if (fault.slowBody !== undefined) return 'dripping';
  if (fault.reset !== undefined) return fault.reset === 'before' ? 'reset-before' : 'reset-after';
  if (fault.status === undefined)
    return (fault.delaySeconds ?? 0) > CALL_TIMEOUT_SECONDS ? 'too-slow' : 'slow';
  if (fault.retryAfter !== undefined) return 'busy';
  if (fault.status >= 500) return fault.effect === true ? 'error-after-effect' : 'error';
  if (fault.call === 'upload') return 'token-refused';
  return fault.status === 401 || fault.status === 403 ? 'refused' : 'request-refused';
}
