const PREFIX = 'whsec_';
/** Standard Webhooks requires these lengths; its library does not check them. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;

function isValidSecret(text: string): boolean {
  const base64 = text.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  const isWellFormed = text.startsWith(PREFIX) && bytes.toString('base64') === base64;
  return isWellFormed && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
}

/** The text is not a list of secrets; the message gives the number of the entry and nothing of its content. */
export class CallbackSecretsError extends Error {
  override readonly name = 'CallbackSecretsError';
}

/**
 * Reads `whsec_…,whsec_…`, each 24 to 64 random bytes in base64. Every secret signs, so that a receiver needs only one. To
 * rotate, add the new one everywhere, change the CRM, remove the old one.
 * Source: https://www.standardwebhooks.com, "Symmetric signatures"
 * @throws CallbackSecretsError
 */
export function parseCallbackSecrets(text: string): string[] {
  if (text.trim() === '') return [];
  const secrets = text.split(',').map((entry) => entry.trim());
  secrets.forEach((secret, index) => {
    if (!isValidSecret(secret)) {
      throw new CallbackSecretsError(
        `secret ${index + 1} must be ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64, as made by: echo "${PREFIX}$(openssl rand -base64 32)"`,
      );
    }
    if (secrets.indexOf(secret) < index)
      throw new CallbackSecretsError(`secret ${index + 1} is the same as one before it`);
  });
  return secrets;
}
