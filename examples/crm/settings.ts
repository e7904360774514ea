/** What the example CRM has to be told. */
export interface CrmSettings {
  /** Where it listens. Port 0: any free one. */
  readonly host: string;
  readonly port: number;
  /** Where the signing gateway is, and the key that opens it. The key stays on this side: a browser never sees it. */
  readonly gatewayUrl: string;
  readonly gatewayKey: string;
  /** The secret of the worker's callbacks, `whsec_…`; without one no callback is asked for. */
  readonly callbackSecret?: string | undefined;
  /** The flexperto Dashboard, to which employees are sent. */
  readonly dashboardUrl?: string | undefined;
}

/** From the environment. Throws one sentence where something is missing or wrong. */
export function readSettings(env: NodeJS.ProcessEnv): CrmSettings {
  const optional = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const required = (name: string, what: string): string => {
    const value = optional(name);
    if (value === undefined) throw new Error(`${name} is missing: ${what}.`);
    return value;
  };
  const address = optional('CRM_ADDRESS') ?? '127.0.0.1:8090';
  const [, host = '', port = ''] = /^([\w.-]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new Error('CRM_ADDRESS must be a host and a port, such as 127.0.0.1:8090.');
  return {
    host,
    port: Number(port),
    gatewayUrl: required('CRM_GATEWAY_URL', 'the address of the signing gateway'),
    gatewayKey: required('CRM_GATEWAY_KEY', 'the key that opens the signing gateway'),
    callbackSecret: optional('CRM_CALLBACK_SECRET'),
    dashboardUrl: optional('CRM_DASHBOARD_URL'),
  };
}
