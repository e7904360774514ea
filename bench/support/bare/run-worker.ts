import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';

/** Runs a worker on this server until a signal. It prints "ready" just before it polls. */
export function runWorker(address: string, options: WorkerOptions): void {
  run(address, options).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function run(address: string, options: WorkerOptions): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, ...options });
  process.stdout.write('ready\n');
  await worker.run();
  await connection.close();
}
