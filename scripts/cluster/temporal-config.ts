import path from 'node:path';

/** The services of a Temporal server, here all in one process. */
export const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;

/** The ports of a service: clients and workers connect to the frontend's `rpc`; the services find each other by `membership`. */
export interface ServicePorts {
  readonly rpc: number;
  readonly membership: number;
}

export type TemporalPorts = Readonly<Record<(typeof SERVICES)[number], ServicePorts>>;

/** That of docker-compose.yml, too. */
const DYNAMIC_CONFIG = path.resolve(__dirname, '../../../ops/temporal-dynamic-config.yaml');

/** The configuration of a Temporal server on a Postgres of this machine, as JSON, which is YAML too. */
export function createTemporalConfig(ports: TemporalPorts, postgresPort: number): string {
  const database = (databaseName: string) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${postgresPort}`,
      connectProtocol: 'tcp',
      user: 'temporal',
      maxConns: 20,
      maxIdleConns: 20,
    },
  });
  const frontend = `127.0.0.1:${ports.frontend.rpc}`;
  return JSON.stringify(
    {
      log: { stdout: true, level: 'fatal' },
      persistence: {
        numHistoryShards: 4,
        defaultStore: 'default',
        visibilityStore: 'visibility',
        datastores: { default: database('temporal'), visibility: database('temporal_visibility') },
      },
      global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
      services: Object.fromEntries(
        SERVICES.map((name) => {
          const { rpc, membership } = ports[name];
          return [name, { rpc: { grpcPort: rpc, membershipPort: membership, bindOnLocalHost: true } }];
        }),
      ),
      clusterMetadata: {
        enableGlobalNamespace: false,
        failoverVersionIncrement: 10,
        masterClusterName: 'active',
        currentClusterName: 'active',
        clusterInformation: {
          active: {
            enabled: true,
            initialFailoverVersion: 1,
            rpcName: 'frontend',
            rpcAddress: frontend,
          },
        },
      },
      dcRedirectionPolicy: { policy: 'noop' },
      publicClient: { hostPort: frontend },
      dynamicConfigClient: { filepath: DYNAMIC_CONFIG, pollInterval: '60s' },
    },
    null,
    2,
  );
}
