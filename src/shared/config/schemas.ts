import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseHostAndPort } from '../listen.js';

/** Entries separated by commas, without the spaces around them. */
export const commaSeparatedList = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** A name or an address, with or without a port; IPv6 in brackets or bare. */
const HOST_PATTERN =
  /^([\p{L}\p{M}\p{N}_.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?|[0-9a-f]*:[0-9a-f:]+(\d+\.[\d.]+)?)$/iu;

/** For `parseHostAllowlist`. */
export const hostList = commaSeparatedList.refine(
  (entries) => entries.every((entry) => HOST_PATTERN.test(entry) || ipaddr.isValidCIDR(entry)),
  'must be hosts such as docs.bank.example, docs.bank.example:8443 or 10.1.0.0/16, separated by commas',
);

/** For `parseHostAndPort`. */
export const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, {
    error: 'must be a host and a port, such as 127.0.0.1:8080',
    abort: true,
  })
  .refine((text) => parseHostAndPort(text).port < 65_536, {
    error: 'must have a port up to 65535',
    abort: true,
  });

/** The metrics exporter of Temporal's SDK does not resolve names. */
export const ipAndPort = hostAndPort.refine(
  (text) => ipaddr.isValid(parseHostAndPort(text).host),
  'must be an IP address and a port, such as 127.0.0.1:9464',
);

export const trueOrFalse = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((text) => text === 'true');

export function seconds(min: number, max: number) {
  return z.coerce
    .number(`must be a number of seconds from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
}

/** A text with a parser: an error of the given class becomes the variable's problem, others pass through. */
export function parsedBy<Value>(parse: (text: string) => Value, ParseError: new (message: string) => Error) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      context.addIssue(`is wrong: ${error.message}`);
      return z.NEVER;
    }
  });
}
