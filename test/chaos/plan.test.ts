import { FAULT_KINDS, LATEST_EFFECT_SECONDS, classifyFault } from '../../chaos/plan/faults.js';
import { type Kill, createKillSchedule } from '../../chaos/plan/kill-schedule.js';
import { planSigning, planSignings } from '../../chaos/plan/signing.js';
import { createRequest } from '../../chaos/run/start-signing.js';
import { faultSchema } from '../../fake-flexperto/control-schemas.js';
import { parseRequest } from '../../src/domain/parse-request.js';

const plans = planSignings(1, 200);
const faults = plans.flatMap((plan) => plan.faults);

describe('The plan of a chaos run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planSignings(1, 200)).toEqual(plans);
    expect(planSignings(2, 200)).not.toEqual(plans);
  });

  it('gives a signing the same outcome, documents and faults for any number of other signings', () => {
    expect(planSigning(1, 7)).toEqual(plans[7]);
  });

  it('gives every signing a unique id and name, and a valid request of 1 to 20 documents', () => {
    for (const what of ['requestId', 'name'] as const)
      expect(new Set(plans.map((plan) => plan[what])).size).toBe(plans.length);
    expect(plans.flatMap((plan) => parseRequest(createRequest(plan)).problems)).toEqual([]);
    const counts = plans.map(({ documents }) => documents.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 20]);
  });

  it('orders documents differently from their names', () => {
    const sorted = plans.filter(({ documents }) => [...documents].sort().join() === documents.join());
    expect(sorted.filter(({ documents }) => documents.length > 6)).toEqual([]);
  });

  it('holds every outcome of a signing, and operators who do not come', () => {
    const outcomes = new Set(plans.map(({ outcome }) => outcome.kind));
    expect([...outcomes].sort()).toEqual(
      ['cancelled', 'expired', 'identification-failed', 'signed', 'signed-in-part', 'withdrawn'], // prettier-ignore
    );
    expect(plans.some(({ staysUnresolved }) => staysUnresolved)).toBe(true);
    expect(plans.some(({ startsTwice }) => startsTwice)).toBe(true);
  });

  it.each(['initiate', 'upload-url', 'upload', 'attach', 'list', 'hand-over'] as const)(
    'has faults for %s that the fake accepts, each for the calls of one contract session',
    (call) => {
      const own = faults.filter((fault) => fault.call === call);
      expect(own.length).toBeGreaterThan(20);
      for (const fault of own) expect(faultSchema.parse(fault)).toEqual(fault);
      expect(own.every(({ session }) => session !== undefined)).toBe(true);
    },
  );

  it('has every kind of fault', () => {
    expect(new Set(faults.map(classifyFault))).toEqual(new Set(FAULT_KINDS));
  });

  it('lets every call take effect before the operator decides', () => {
    expect(Math.max(...faults.map(({ delaySeconds = 0 }) => delaySeconds))).toBeLessThanOrEqual(
      LATEST_EFFECT_SECONDS,
    );
  });
});

describe('The kill schedule of a chaos run', () => {
  const takeKills = (seed: number): Kill[] => {
    const schedule = createKillSchedule(seed, 2);
    return Array.from({ length: 30 }, () => schedule.next().value);
  };

  it('is the same for the same seed, and another for another', () => {
    expect(takeKills(1)).toEqual(takeKills(1));
    expect(takeKills(2)).not.toEqual(takeKills(1));
  });

  it('kills every worker repeatedly, and the server within the first few kills', () => {
    const kills = takeKills(1);
    for (const worker of [0, 1])
      expect(
        kills.filter((kill) => kill.target === 'worker' && kill.workerIndex === worker).length,
      ).toBeGreaterThan(5);
    expect(kills.slice(0, 3).some(({ target }) => target === 'server')).toBe(true);
  });
});
