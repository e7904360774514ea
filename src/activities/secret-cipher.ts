import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Makes a secret of the worker's fit to stand in a workflow's history: an upload URL, or the MAC of a document. */
export interface SecretCipher {
  encrypt(secret: string): string;
  /** The secret, or `undefined` where it was sealed with another API key. */
  decrypt(sealed: string): string | undefined;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a key derived from the API key: every worker of the tenant has it, and whoever has it could request
 * an upload URL anyway. What is sealed so stays secret even where payload encryption is off.
 */
export function createSecretCipher(apiKey: string): SecretCipher {
  // Named after what was sealed first: a session that is under way must be able to go on.
  const key = new Uint8Array(hkdfSync('sha256', apiKey, '', 'flexperto upload URL', 32));
  return {
    encrypt: (secret) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
    },
    decrypt: (text) => {
      const bytes = Buffer.from(text, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const secret = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
        return Buffer.concat(secret).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
