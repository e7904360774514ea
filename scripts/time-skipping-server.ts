import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findOnPath, runCommand, withSignsOfLife } from './commands.js';
import { downloadWithSdk } from './download-with-sdk.js';
import { onceAMachine } from './machine-cache.js';

/** The version in test/time-skipping-server/pom.xml too. */
const VERSION = '1.38.0';
const ATTEMPTS = 3;
const A_SKIP_MS = 1_000;

/** Starts as quickly as a JVM can: the SDK gives a server 5 seconds. */
const WRAPPER = `#!/bin/sh
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \\
  -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * A Temporal server of its own whose clock jumps to the next timer whenever a result is waited for: thirty days pass
 * in seconds. One workflow at a time; `teardown()` at the end. Throws one sentence when there is no such server here.
 */
export async function createTimeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: await findTimeSkippingServer() } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    } catch (error) {
      // On a busy machine the JVM may need longer than the SDK waits.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Whether the server still skips time, once every workflow on it has ended: one that ended during an attempt or a task
 * keeps the server from it ever after.
 */
export async function skipsTime(env: TestWorkflowEnvironment): Promise<boolean> {
  try {
    // What still waits when its connection closes would end the process.
    await env.connection.withDeadline(Date.now() + A_SKIP_MS, () => env.sleep('1 hour'));
    return true;
  } catch {
    return false;
  }
}

/**
 * The path of the time-skipping server in the machine's cache; got once, by the SDK's own download or, where that is
 * not possible, by Maven. Throws one sentence when neither works.
 */
export async function findTimeSkippingServer(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const name = 'time-skipping-server';
  const folder = await onceAMachine(
    `${name}-${VERSION}`,
    (target) => obtain(path.join(target, name), env),
    env,
  );
  return path.join(folder, name);
}

async function obtain(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await downloadWithSdk('time-skipping', `v${VERSION}`, target);
  } catch {
    await getWithMaven(target, env);
  }
}

async function getWithMaven(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const maven = findOnPath('mvn', env);
  if (maven === undefined) throw new Error(notPossible('mvn (Maven), which could get it, is not on PATH'));
  const pom = path.resolve(process.cwd(), 'test/time-skipping-server/pom.xml');
  const lib = path.join(path.dirname(target), 'lib');
  try {
    await withSignsOfLife(
      `Getting Temporal's time-skipping test server ${VERSION} with Maven: about 10 seconds, once per machine.`,
      runCommand(maven, ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], {
        env,
      }),
    );
  } catch (error) {
    throw new Error(notPossible(`Maven could not get it (${String(error)})`), { cause: error });
  }
  writeFileSync(target, WRAPPER);
  chmodSync(target, 0o755);
}

function notPossible(why: string): string {
  return (
    `Temporal's time-skipping test server is missing: the SDK's download is not possible here and ${why}; ` +
    'install Maven and a Java 11 or newer.'
  );
}
