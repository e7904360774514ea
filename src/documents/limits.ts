/** Bytes read at once: large enough that the read calls cost little, small enough to stay in a processor's cache. */
export const CHUNK_BYTES = 512 * 1024;
