/** Bytes read at once: large enough that the read calls cost nothing, small enough that memory stays flat. */
export const CHUNK_BYTES = 1024 * 1024;
