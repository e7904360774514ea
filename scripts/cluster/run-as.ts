import { chownSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Whom Postgres runs as where this process is root's, whom it refuses: the system's user without rights. */
const NOBODY = 65_534;

/** The user that a program is to run as, for `spawn`: this process's own, unless that is root. */
export function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Gives a folder and all in it to that user. */
export function giveToUnprivileged(folder: string): void {
  const user = unprivileged();
  if (user === undefined) return;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  );
  for (const one of [folder, ...paths]) chownSync(one, user.uid, user.gid);
}
