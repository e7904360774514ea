/** Random numbers that a seed determines, on every machine. */
export interface SeededRandom {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** `true` with this probability. */
  chance(probability: number): boolean;
  /** A number with one decimal. */
  decimalBetween(min: number, max: number): number;
  pick<Choice>(choices: readonly [Choice, ...Choice[]]): Choice;
  /** One of the names, with a probability in proportion to its weight. */
  pickWeighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>): Name;
}

export function createSeededRandom(seed: string): SeededRandom {
  const next = mulberry32(fnv1a(seed));
  return {
    next,
    chance: (probability) => next() < probability,
    decimalBetween: (min, max) => Math.round((min + next() * (max - min)) * 10) / 10,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    pickWeighted: (weights) => {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const hit = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
      if (hit === undefined) throw new TypeError('There is no name to choose from.');
      return hit[0];
    },
  };
}

/** Source: Fowler, Noll, Vo, the 32-bit hash FNV-1a. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Source: Tommy Ettinger's mulberry32, a generator with 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((more ^ (more >>> 14)) >>> 0) / 2 ** 32;
  };
}
