/** What a name is made of. A value with anything else in it is no name. */
const NAME = /^[\p{L}\p{M}\s.'’-]+$/u;
const BETWEEN_PARTS = /[^\p{L}\p{M}]+/u;

/** Parts of names that are words of their own: alone they name nobody. */
const PARTICLES = new Set(
  'al am an auf bin da das de del den der des di dos du el ibn in la las le los of the und van vom von y zu zum zur'.split(' '), // prettier-ignore
);

/** A letter, or letters that stand for one, of a decomposed name in lower case. */
const LETTER = /(?:ae|oe|ue|ss|.)\p{M}*/gsu;

/** How others write it: with or without its accent, with `e` for two dots, with `ss` for `ß`. */
const WRITINGS: Readonly<Record<string, string>> = {
  ae: '(?:ae|æ|a\\p{M}+)', oe: '(?:oe|œ|ø|o\\p{M}+)', ue: '(?:ue|u\\p{M}+)', ss: '(?:ss|ß)',
  ß: '(?:ß|ss?)', æ: '(?:æ|ae?)', œ: '(?:œ|oe?)', ø: '(?:ø|oe?)', ł: '[łl]', đ: '[đd]', ı: '[ıi]',
  a: '(?:å|a)', d: '[dđ]', i: '[iı]', l: '[lł]', o: '[oø]',
  'a\u0308': 'ae?', 'o\u0308': 'oe?', 'u\u0308': 'ue?', 'a\u030a': 'aa?',
}; // prettier-ignore

/** A name this long is hidden also with the `s` of a genitive. */
const GENITIVE = 4;

/** The parts of a name that say who somebody is: `von der Leyen` has one. */
export function nameParts(name: string): string[] {
  return name
    .normalize('NFKD')
    .split(BETWEEN_PARTS)
    .filter((part) => part.length > 1 && !PARTICLES.has(part.toLowerCase()));
}

/**
 * Finds a name in a decomposed text (NFKD) in any case, with or without accents, its parts joined by anything short.
 * Whole words only, so that a participant called "Al" does not tear holes into "all". `undefined`: it is no name.
 */
export function namePattern(value: string): RegExp | undefined {
  if (!NAME.test(value)) return undefined;
  const parts = value.normalize('NFKD').toLowerCase().split(BETWEEN_PARTS);
  const words = parts.filter((part) => part !== '').map(wordPattern);
  if (words.length === 0) return undefined;
  const genitive = value.length < GENITIVE ? '' : "(?:['’]?s)?";
  return new RegExp(
    `(?<![\\p{L}\\p{M}])${words.join('[^\\p{L}\\p{M}]{0,3}')}${genitive}(?![\\p{L}\\p{M}])`,
    'giu',
  );
}

function wordPattern(word: string): string {
  return (word.match(LETTER) ?? [])
    .map((letter) => {
      const base = letter.replace(/\p{M}+$/u, '');
      return `${WRITINGS[letter] ?? WRITINGS[base] ?? base}\\p{M}*`;
    })
    .join('');
}
