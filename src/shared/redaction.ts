import type { Participant } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';

/** A name consists of these characters only. */
const NAME = /^[\p{L}\p{M}\s.'’-]+$/u;
const PART_SEPARATOR = /[^\p{L}\p{M}]+/u;

/** Parts of names that are common words: alone they identify nobody. */
const PARTICLES = new Set(
  'al am an auf bin da das de del den der des di dos du el ibn in la las le los of the und van vom von y zu zum zur'.split(' '), // prettier-ignore
);

/** A letter, or letters that stand for one, of a decomposed name in lower case. */
const LETTER = /(?:ae|oe|ue|ss|.)\p{M}*/gsu;

/** Other spellings: with or without accent, with `e` for two dots, with `ss` for `ß`. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ae: '(?:ae|æ|a\\p{M}+)', oe: '(?:oe|œ|ø|o\\p{M}+)', ue: '(?:ue|u\\p{M}+)', ss: '(?:ss|ß)',
  ß: '(?:ß|ss?)', æ: '(?:æ|ae?)', œ: '(?:œ|oe?)', ø: '(?:ø|oe?)', ł: '[łl]', đ: '[đd]', ı: '[ıi]',
  a: '(?:å|a)', d: '[dđ]', i: '[iı]', l: '[lł]', o: '[oø]',
  'a\u0308': 'ae?', 'o\u0308': 'oe?', 'u\u0308': 'ue?', 'a\u030a': 'aa?',
}; // prettier-ignore

/** A name of at least this length is hidden also with the `s` of a genitive. */
const MIN_GENITIVE_LENGTH = 4;

/** The identifying parts of a name: `von der Leyen` has one. */
function splitName(name: string): string[] {
  return name
    .normalize('NFKD')
    .split(PART_SEPARATOR)
    .filter((part) => part.length > 1 && !PARTICLES.has(part.toLowerCase()));
}

/**
 * Finds a name in a decomposed text (NFKD) in any case, with or without accents, its parts joined by anything short.
 * Whole words only, so that a participant called "Al" does not change "all". `undefined` if the value is not a name.
 */
function createNamePattern(value: string): RegExp | undefined {
  if (!NAME.test(value)) return undefined;
  const parts = value.normalize('NFKD').toLowerCase().split(PART_SEPARATOR);
  const words = parts.filter((part) => part !== '').map(createWordPattern);
  if (words.length === 0) return undefined;
  const genitive = value.length < MIN_GENITIVE_LENGTH ? '' : "(?:['’]?s)?";
  return new RegExp(
    `(?<![\\p{L}\\p{M}])${words.join('[^\\p{L}\\p{M}]{0,3}')}${genitive}(?![\\p{L}\\p{M}])`,
    'giu',
  );
}

function createWordPattern(word: string): string {
  return (word.match(LETTER) ?? [])
    .map((letter) => {
      const base = letter.replace(/\p{M}+$/u, '');
      return `${SPELLINGS[letter] ?? SPELLINGS[base] ?? base}\\p{M}*`;
    })
    .join('');
}

const TOKEN = /\beyJ[\w-]*\.[\w-]+(\.[\w-]*)?/g;
const QUERY = /(https?:\/\/[^\s?"']+)\?[^\s"']*/g;
const EMAIL = /[^\s@"'<>()[\]:;,]+(?:@| ?[([]at[)\]] ?|%40)[^\s@"'<>()[\]:;,]+/gi;
const PHONE = /(?<![\w-])(?:\+|00?)\d[\d ()/.-]{5,}\d(?![\w-])/g;

/** An id of a file or a request. It is not personal, and support needs it. */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Seven digits or more in any grouping: a phone, an account, a date of birth, a passport. */
const DIGITS = '(?:[A-Z]{1,3}|[+(]+)?\\d(?:[ ().\\/–-]{0,3}\\d){6,}';
/** Mixed letters and digits, as on identity cards: capitals with few digits, or any letters with many. */
const CAPITALS = '(?=[A-Z]*\\d[A-Z]*\\d)[A-Z0-9]{7,20}(?!\\p{L}|\\p{N})';
const MIXED = '(?=(?:[A-Za-z]*\\d){4})[A-Za-z0-9]{7,20}(?!\\p{L}|\\p{N})';
const NUMBER = new RegExp(`(?<!\\p{L}|\\p{N})(?:(${UUID})|${DIGITS}|${CAPITALS}|${MIXED})`, 'gu');

const MAX_LENGTH = 300;
/** The format of every status that the vendor documents. */
const STATUS = /^[A-Z][A-Z_]*$/;

/** For logs: hides tokens, queries of addresses, e-mail addresses and phone numbers. */
export function redact(text: string): string {
  return hideAddresses(text).replace(PHONE, '[number]');
}

/**
 * Text of the vendor, safe to show: one line of at most 300 visible characters. It hides the sensitive values in any
 * spelling, and everything that looks like a token, an address or a personal number.
 */
export function redactVendorText(text: string, sensitiveValues: readonly string[]): string {
  return hideValues(toSingleLine(text), sensitiveValues).normalize('NFC').slice(0, MAX_LENGTH);
}

/**
 * A document of the vendor's list, safe to become part of a status. Its status stays unchanged, in visible characters.
 * Its name stays too: the program compares it and never shows it.
 */
export function redactDocument(document: VendorDocument, sensitiveValues: readonly string[]): VendorDocument {
  const { status, failureReason } = document;
  return {
    ...document,
    status: status === null ? null : redactStatus(status, sensitiveValues),
    failureReason: failureReason === null ? null : redactVendorText(failureReason, sensitiveValues),
  };
}

/** The sensitive values of participants for `redactVendorText`: each value, and names by part and in either order. */
export function listPersonalValues(participants: readonly Participant[]): string[] {
  return participants.flatMap(({ email, firstname, lastname, mobile }) => [
    email,
    mobile,
    `${firstname} ${lastname}`,
    `${lastname} ${firstname}`,
    firstname,
    lastname,
    ...splitName(firstname),
    ...splitName(lastname),
  ]);
}

function redactStatus(status: string, sensitiveValues: readonly string[]): string {
  if (STATUS.test(status)) return status;
  const singleLine = toSingleLine(status);
  if (hideValues(singleLine, sensitiveValues) !== singleLine)
    return redactVendorText(status, sensitiveValues);
  // Replaced, not removed: the rest must not become a status that the vendor did not send.
  return status.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** Without invisible characters, which could hide a name. Decomposed, so that every accent is a character. */
function toSingleLine(text: string): string {
  return text
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .normalize('NFKD')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function hideValues(text: string, sensitiveValues: readonly string[]): string {
  const values = sensitiveValues.filter((value) => value.trim() !== '').sort((a, b) => b.length - a.length);
  const names = values.flatMap((value) => createNamePattern(value) ?? []);
  const literal = values
    .filter((value) => createNamePattern(value) === undefined)
    .reduce((result, value) => result.replaceAll(value.normalize('NFKD'), '[hidden]'), text);
  return names
    .reduce((result, name) => result.replace(name, '[hidden]'), hideAddresses(literal))
    .replace(NUMBER, (found, uuid?: string) => (uuid === undefined ? '[number]' : found));
}

function hideAddresses(text: string): string {
  return text.replace(TOKEN, '[token]').replace(QUERY, '$1?[hidden]').replace(EMAIL, '[e-mail]');
}
