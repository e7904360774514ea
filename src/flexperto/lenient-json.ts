/**
 * The JSON of an answer, or `undefined` if it is not JSON. The vendor's page shows the word `undefined` as a value, which
 * JSON does not have: outside of strings it becomes null.
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(replaceUndefinedByNull(text));
    } catch {
      return undefined;
    }
  }
}

const UNDEFINED = 'undefined';

/** Reads character by character: a regular expression takes hours, or a hundred times the memory, for a hostile answer. */
function replaceUndefinedByNull(text: string): string {
  let output = '';
  let copiedUntil = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') isInString = !isInString;
    else if (character === 'u' && !isInString && text.startsWith(UNDEFINED, index)) {
      output += `${text.slice(copiedUntil, index)}null`;
      copiedUntil = index + UNDEFINED.length;
      index = copiedUntil - 1;
    }
  }
  return output + text.slice(copiedUntil);
}
