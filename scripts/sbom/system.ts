import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { runCommand } from '../processes/commands.js';
import type { Component } from './component.js';

/** Node, the operating system and its Debian packages. @throws Error if this system has no `dpkg-query` */
export async function listSystemComponents(): Promise<Component[]> {
  const { ID: name = '', VERSION_ID: version = '' } = parseEnv(readFileSync('/etc/os-release', 'utf8'));
  const distribution = `${name}-${version}`;
  const system = { type: 'operating-system', 'bom-ref': distribution, name, version } as const;
  return [describeNode(), system, ...(await listDebianPackages(name, distribution))];
}

function describeNode(): Component {
  const version = process.versions.node;
  const purl = `pkg:generic/node@${version}`;
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return { type: 'platform', 'bom-ref': purl, name: 'node', version, purl, cpe };
}

async function listDebianPackages(vendor: string, distribution: string): Promise<Component[]> {
  const format = '${Package} ${Version} ${Architecture} ${source:Package}\n';
  const lines = (await runCommand('dpkg-query', ['--show', `--showformat=${format}`])).trim().split('\n');
  return lines.sort().map((line) => {
    const [name = '', version = '', architecture = '', source = ''] = line.split(' ');
    const qualifiers = new URLSearchParams({ arch: architecture, distro: distribution });
    if (source !== name) qualifiers.set('upstream', source);
    const purl = `pkg:deb/${vendor}/${name}@${encodeURIComponent(version)}?${qualifiers.toString()}`;
    return { type: 'library', 'bom-ref': purl, name, version, purl };
  });
}
