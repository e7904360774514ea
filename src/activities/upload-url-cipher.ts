import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts an upload URL, which is a bearer secret, so that a workflow's history may hold it. */
export interface UploadUrlCipher {
  encrypt(url: string): string;
  /** The URL, or `undefined` where it was encrypted under another API key. */
  decrypt(ciphertext: string): string | undefined;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a key derived from the API key: every worker of the tenant has that key, and its holder could
 * request an upload URL anyway. The URL stays secret even where payload encryption is off.
 */
export function createUploadUrlCipher(apiKey: string): UploadUrlCipher {
  const key = new Uint8Array(hkdfSync('sha256', apiKey, '', 'flexperto upload URL', 32));
  return {
    encrypt: (url) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const ciphertext = Buffer.concat([cipher.update(url, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
    },
    decrypt: (text) => {
      const bytes = Buffer.from(text, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const url = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
        return Buffer.concat(url).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
