import type { Participant } from '../domain/request.js';

const TOKEN = /\beyJ[\w-]*\.[\w-]+(\.[\w-]*)?/g;
const QUERY = /(https?:\/\/[^\s?"']+)\?[^\s"']*/g;
const EMAIL = /[^\s@"'<>()[\]:;,]+@[^\s@"'<>()[\]:;,]+/g;
const PHONE = /(?<![\w-])(?:\+|00?)\d[\d ()/.-]{5,}\d(?![\w-])/g;

/**
 * The text without what must not be shown: the given secrets and personal values wherever they stand, and whatever looks
 * like a token, an address's query, an e-mail address or a phone number.
 */
export function redact(text: string, hidden: readonly string[] = []): string {
  const known = hidden
    .filter((value) => value.trim() !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((left, value) => left.replace(wholeWord(value), '[hidden]'), text);
  return known
    .replace(TOKEN, '[token]')
    .replace(QUERY, '$1?[hidden]')
    .replace(EMAIL, '[e-mail]')
    .replace(PHONE, '[number]');
}

export function personalValues(participants: readonly Participant[]): string[] {
  return participants.flatMap(({ email, firstname, lastname, mobile }) => [
    email,
    firstname,
    lastname,
    mobile,
  ]);
}

/** Whole words only, so that a participant called "Al" does not tear holes into "all". */
function wholeWord(value: string): RegExp {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu');
}
