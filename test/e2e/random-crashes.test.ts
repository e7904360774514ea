import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type SigningStatus } from '../../src/domain/status.js';
import { eventually } from '../support/outcomes.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';

const newWorld = realWorlds();

const SESSIONS = 6;
const CRASHES = 4;
const NAMES = ['contract.pdf', 'terms.pdf', 'again.pdf'];
const SOURCES = ['contract.pdf', 'terms.pdf', 'contract.pdf'];

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((more ^ (more >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(resolve('examples', name)))
    .digest('hex');

/** Every call takes its time, before or after it has its effect, so that a crash meets it in the middle. */
function slowDown({ fake }: RealWorld, chance: () => number): void {
  for (const call of ['initiate', 'upload-url', 'upload', 'attach', 'list'] as const) {
    for (let count = 0; count < 40; count += 1) {
      fake.faults.add({ call, delaySeconds: 0.05 + chance() * 0.4, delayBefore: chance() < 0.5 });
    }
  }
}

/** What a human does who looks into the Dashboard before each decision. */
async function decide({ fake }: RealWorld, { handle }: Signing, status: SigningStatus): Promise<void> {
  const existing = fake.sessions().find(({ name }) => name === status.name);
  const adopts = status.attention?.step === 'initiate' && existing !== undefined;
  const resolution = adopts ? { action: 'adopt', sessionId: existing.id } : { action: 'retry' };
  await handle.executeUpdate('resolve', { args: [resolution] });
}

describe('Workers that are killed again and again at any moment', () => {
  it.each([1, 2])(
    'leave every session whole: one initiate, every file attached once, in order, with its bytes (seed %i)',
    async (seed) => {
      const world = await newWorld();
      const chance = chanceOf(seed);
      slowDown(world, chance);
      const documents = NAMES.map((name, index) => ({ source: `file:${SOURCES[index] ?? ''}`, name }));
      const signings = await Promise.all(
        Array.from({ length: SESSIONS }, (_, index) => world.start({ name: `Task ${index}`, documents })),
      );
      for (let crash = 0; crash < CRASHES; crash += 1) {
        const worker = await world.startWorker();
        await sleep(100 + chance() * 900);
        worker.kill('SIGKILL');
        await worker.ended;
      }
      await world.startWorker();

      for (const signing of signings) {
        await eventually('it waits for the hand-over', async () => {
          const status = await signing.status();
          if (isFinal(status.state)) throw new Error(`it has ended as ${status.state}`);
          if (status.state === 'needs-attention') await decide(world, signing, status);
          return status.state === 'awaiting-handover';
        });
      }
      const sessions = world.fake.sessions();
      expect(sessions.map(({ name }) => name).sort()).toEqual(signings.map((_, index) => `Task ${index}`));
      for (const session of sessions) {
        expect(session.documents.map(({ name }) => name)).toEqual(NAMES);
        expect(session.documents.map((document) => document.sha256)).toEqual(SOURCES.map(sha256));
      }
    },
    300_000,
  );
});
