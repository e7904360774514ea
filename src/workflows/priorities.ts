/**
 * Which tasks of a task queue the server gives to a worker first: those with the lower key. A signing and its calls have no
 * key, which means 3, since an employee waits for them. A retry keeps the key.
 */

/** For what nobody waits for: callbacks, which are tried for days, and the polls after a deadline. */
export const BACKGROUND_PRIORITY = { priorityKey: 4 } as const;
