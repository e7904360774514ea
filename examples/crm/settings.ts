/** The settings of the example CRM. */
export interface CrmSettings {
  /** The address on which it listens. Port 0: any free port. */
  readonly host: string;
  readonly port: number;
  /** The signing gateway and its key. The key stays on the server: no browser sees it. */
  readonly gatewayUrl: string;
  readonly gatewayKey: string;
  /** The secret of the worker's callbacks, `whsec_…`; without one, the CRM requests no callbacks. */
  readonly callbackSecret?: string | undefined;
  /** The flexperto Dashboard, for the links of the page. */
  readonly dashboardUrl?: string | undefined;
}

/** Reads the environment. Throws an error of one sentence that names the missing or invalid variable. */
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
