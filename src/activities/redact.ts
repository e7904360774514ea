import type { Participant } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { nameParts, namePattern } from './name-pattern.js';

const TOKEN = /\beyJ[\w-]*\.[\w-]+(\.[\w-]*)?/g;
const QUERY = /(https?:\/\/[^\s?"']+)\?[^\s"']*/g;
const EMAIL = /[^\s@"'<>()[\]:;,]+(?:@| ?[([]at[)\]] ?|%40)[^\s@"'<>()[\]:;,]+/gi;
const PHONE = /(?<![\w-])(?:\+|00?)\d[\d ()/.-]{5,}\d(?![\w-])/g;

/** An id of a file or a request. It says nothing of a person, and support asks for it. */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Seven digits and more, however they are grouped: a phone, an account, a date of birth, a passport. */
const DIGITS = '(?:[A-Z]{1,3}|[+(]+)?\\d(?:[ ().\\/–-]{0,3}\\d){6,}';
/** Letters and digits without order, as on identity cards: few digits in capitals, many in any case. */
const CAPITALS = '(?=[A-Z]*\\d[A-Z]*\\d)[A-Z0-9]{7,20}(?!\\p{L}|\\p{N})';
const MIXED = '(?=(?:[A-Za-z]*\\d){4})[A-Za-z0-9]{7,20}(?!\\p{L}|\\p{N})';
const NUMBER = new RegExp(`(?<!\\p{L}|\\p{N})(?:(${UUID})|${DIGITS}|${CAPITALS}|${MIXED})`, 'gu');

const LONGEST = 300;
/** The form of every status that the vendor documents. */
const STATUS = /^[A-Z][A-Z_]*$/;

/** The text without what looks like a token, an address's query, an e-mail address or a phone number. For logs. */
export function redact(text: string): string {
  return hideAddresses(text).replace(PHONE, '[number]');
}

/**
 * What the vendor says, fit for people to read: one line of at most 300 visible characters, without the hidden values in
 * any writing, and without whatever looks like a token, an address or a number that belongs to a person.
 */
export function vendorWords(text: string, hidden: readonly string[]): string {
  return hide(oneLine(text), hidden).normalize('NFC').slice(0, LONGEST);
}

/**
 * A document of the vendor's list that may become part of a status. Its status stays as it came, in visible characters.
 * Its name stays too: it is only compared, and nobody is shown it.
 */
export function vendorDocument(document: VendorDocument, hidden: readonly string[]): VendorDocument {
  const { status, failureReason } = document;
  return {
    ...document,
    status: status === null ? null : vendorStatus(status, hidden),
    failureReason: failureReason === null ? null : vendorWords(failureReason, hidden),
  };
}

/** What `vendorWords` hides of the people of a session: each value, names also by their parts and in either order. */
export function personalValues(participants: readonly Participant[]): string[] {
  return participants.flatMap(({ email, firstname, lastname, mobile }) => [
    email,
    mobile,
    `${firstname} ${lastname}`,
    `${lastname} ${firstname}`,
    firstname,
    lastname,
    ...nameParts(firstname),
    ...nameParts(lastname),
  ]);
}

function vendorStatus(status: string, hidden: readonly string[]): string {
  if (STATUS.test(status)) return status;
  const plain = oneLine(status);
  if (hide(plain, hidden) !== plain) return vendorWords(status, hidden);
  // Replaced and not removed: what is left must not become a status that the vendor has not sent.
  return status.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** Invisible characters could hide a name from whoever looks for it. Decomposed, so that every accent is a character. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .normalize('NFKD')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function hide(text: string, hidden: readonly string[]): string {
  const values = hidden.filter((value) => value.trim() !== '').sort((a, b) => b.length - a.length);
  const names = values.flatMap((value) => namePattern(value) ?? []);
  const literal = values
    .filter((value) => namePattern(value) === undefined)
    .reduce((left, value) => left.replaceAll(value.normalize('NFKD'), '[hidden]'), text);
  return names
    .reduce((left, name) => left.replace(name, '[hidden]'), hideAddresses(literal))
    .replace(NUMBER, (found, uuid?: string) => (uuid === undefined ? '[number]' : found));
}

function hideAddresses(text: string): string {
  return text.replace(TOKEN, '[token]').replace(QUERY, '$1?[hidden]').replace(EMAIL, '[e-mail]');
}
