import { z } from 'zod';
import { parseAnswer } from './parse-answer.js';

const LONGEST = 300;

// The page shows no error body. These are the fields in which JSON APIs usually put the sentence.
const FIELDS = ['message', 'error_description', 'detail', 'error', 'title'];
const errorBody = z.record(z.string(), z.unknown());

/** An HTML page of a proxy is no sentence, wherever it stands. */
const PAGE = /^\s*<|<(!doctype|html|head|body)\b/i;

/**
 * The sentence in an error answer, in one line of at most 300 characters; '' where there is none. It may repeat what was
 * sent, so it must be redacted before it is shown.
 */
export function vendorMessage(text: string): string {
  const body = errorBody.safeParse(parseAnswer(text)).data;
  const found = FIELDS.map((field) => body?.[field]).find((value) => typeof value === 'string');
  // Written anew, so that no name hides in escapes such as \u00f6.
  const sentence = found ?? (body === undefined ? text : JSON.stringify(body));
  return typeof sentence !== 'string' || PAGE.test(sentence)
    ? ''
    : wholeWords(sentence.replace(/\s+/g, ' ').trim(), LONGEST);
}

/** The beginning of a text. A word is not cut in two: as a half, a name could no longer be known as one. */
export function wholeWords(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf(' ', longest);
  return text.slice(0, end > 0 ? end : longest);
}
