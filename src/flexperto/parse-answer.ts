/**
 * The JSON of an answer; `undefined` where it is none. The vendor's page prints the word `undefined` as a value, which
 * JSON does not know: outside of strings it is read as null.
 */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withNull(text));
    } catch {
      return undefined;
    }
  }
}

const WORD = 'undefined';

/** Read sign by sign: a regular expression takes hours, or a hundred times the memory, for an answer that is meant to. */
function withNull(text: string): string {
  let read = '';
  let from = 0;
  let isInString = false;
  for (let place = 0; place < text.length; place += 1) {
    const sign = text[place];
    if (sign === '\\') place += 1;
    else if (sign === '"') isInString = !isInString;
    else if (sign === 'u' && !isInString && text.startsWith(WORD, place)) {
      read += `${text.slice(from, place)}null`;
      from = place + WORD.length;
      place = from - 1;
    }
  }
  return read + text.slice(from);
}
