/**
 * The JSON of an answer; `undefined` where it is none. The vendor's page prints the word `undefined` as a value, which
 * JSON does not know: outside of strings it is read as null.
 */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(
        text.replace(/"(?:[^"\\]|\\.)*"|\bundefined\b/g, (word) => (word === 'undefined' ? 'null' : word)),
      );
    } catch {
      return undefined;
    }
  }
}
