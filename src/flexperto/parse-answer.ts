// A text may lack its end: looked for again from each of its escaped quotes, it would take hours in 4 MB.
const TEXT_OR_WORD = /"(?:[^"\\]+|\\[^]?)*"?|\bundefined\b/g;

/**
 * The JSON of an answer; `undefined` where it is none. The vendor's page prints the word `undefined` as a value, which
 * JSON does not know: outside of strings it is read as null.
 */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(TEXT_OR_WORD, (word) => (word === 'undefined' ? 'null' : word)));
    } catch {
      return undefined;
    }
  }
}
