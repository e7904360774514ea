import { z } from 'zod';
import { parseAnswer } from './parse-answer.js';

const LONGEST = 300;

// The page shows no error body. These are the fields in which JSON APIs usually put the sentence.
const FIELDS = ['message', 'error_description', 'detail', 'error', 'title'];
const errorBody = z.record(z.string(), z.unknown());

/**
 * The sentence in an error answer, in one line of at most 300 characters; '' where there is none. It may repeat what was
 * sent, so it must be redacted before it is shown.
 */
export function vendorMessage(text: string): string {
  const body = errorBody.safeParse(parseAnswer(text)).data ?? {};
  const found = FIELDS.map((field) => body[field]).find((value) => typeof value === 'string');
  // An HTML page of a proxy is no sentence.
  const sentence = typeof found === 'string' ? found : text.trimStart().startsWith('<') ? '' : text;
  return sentence.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
}
