import { freePort } from '../../scripts/ports.js';
import { scrape, type Sample } from './exposition.js';
import { hashed, startGatewayProcess } from './gateway-process.js';
import type { RealWorld } from './real-world.js';

/** What a gateway tells Prometheus after it has turned a caller away and has not reached Temporal. */
export async function measureTroubledGateway({ env }: RealWorld): Promise<Sample[]> {
  const address = `127.0.0.1:${await freePort()}`;
  const gateway = await startGatewayProcess({
    ...env,
    SIGNING_GATEWAY_KEYS: hashed('crm', 'key'),
    SIGNING_METRICS_ADDRESS: address,
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
  });
  for (const path of ['/signings', '/readyz']) await fetch(`${gateway.url}${path}`);
  const samples = await scrape(address);
  gateway.kill('SIGKILL');
  await gateway.ended;
  return samples;
}
