import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findOnPath } from '../../scripts/commands.js';
import { OPEN_STATES } from '../../src/domain/status.js';
import { NOT_TAKEN_UP } from '../../src/visibility.js';
import type { Sample } from '../support/exposition.js';
import { readPromQl, speaksOf } from '../support/promql.js';
import { realWorlds } from '../support/real-world.js';
import { measureTroubledGateway } from '../support/troubled-gateway.js';
import { measureTrouble } from '../support/troubled-worker.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const textOf = (file: string): string => readFileSync(resolve(file), 'utf8');
const { groups } = parse(textOf('ops/alerts.yml')) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap(({ rules: all }) => all);
const dashboard = JSON.parse(textOf('ops/grafana-dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string | { query: string } }[] };
};
const panels = dashboard.panels.filter(({ targets }) => targets !== undefined);

/** As Grafana fills in its variables. */
const filledIn = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '5m').replaceAll('$task_queue', '.+');

const expressions: readonly (readonly [string, string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, filledIn(expr)] as const)),
];

const newWorld = realWorlds();
let measured: readonly Sample[] = [];
beforeAll(async () => {
  const world = await newWorld();
  measured = [...(await measureTrouble(world)), ...(await measureTroubledGateway(world))];
});

const samplesOf = (metric: string): readonly Sample[] => measured.filter(({ name }) => name === metric);

describe('An expression of the alerts and of the dashboard', () => {
  it('is there for every rule and panel', () => {
    expect(rules.length).toBeGreaterThan(5);
    expect(panels.length).toBeGreaterThan(10);
  });

  it.each(expressions)('is PromQL, and asks for metrics that a worker or a gateway serves: %s', (_, expr) => {
    const { selectors } = readPromQl(expr);
    expect(selectors.length).toBeGreaterThan(0);
    expect(selectors.filter(({ metric }) => samplesOf(metric).length === 0)).toEqual([]);
  });

  it.each(expressions)('speaks of labels and values that these metrics have: %s', (_, expr) => {
    const { selectors, labels } = readPromQl(expr);
    const unknown = selectors.flatMap(({ metric, matchers }) =>
      matchers.filter(
        (matcher) =>
          !samplesOf(metric).some(({ labels: has }) => speaksOf(matcher, has[matcher.label] ?? '')),
      ),
    );
    expect(unknown).toEqual([]);
    const missing = selectors.flatMap(({ metric }) =>
      labels.filter((label) => !samplesOf(metric).some(({ labels: has }) => label in has)),
    );
    expect(missing).toEqual([]);
  });

  it.each(expressions)('names only states that there are: %s', (_, expr) => {
    const named = readPromQl(expr)
      .selectors.flatMap(({ matchers }) => matchers)
      .filter(({ label }) => label === 'state')
      .flatMap(({ value }) => value.split('|'));
    expect(named.filter((name) => ![NOT_TAKEN_UP, ...OPEN_STATES].some((state) => state === name))).toEqual(
      [],
    );
  });
});

describe('What is shown of a result', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('names labels that it has: %s', (_, rule) => {
    const shown = [...rule.annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    const { labels } = readPromQl(rule.expr);
    expect(shown.filter((label) => !labels.includes(label ?? ''))).toEqual([]);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'names labels that it has: %s',
    (_, panel) => {
      for (const { expr, legendFormat } of panel.targets ?? []) {
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const { labels } = readPromQl(filledIn(expr));
        expect(shown.filter((label) => !labels.includes(label ?? ''))).toEqual([]);
      }
    },
  );

  it('can be chosen by a task queue that a worker names', () => {
    const queries = dashboard.templating.list.map(({ query }) =>
      typeof query === 'string' ? query : query.query,
    );
    const [, metric = '', label = ''] = /label_values\((\w+), (\w+)\)/.exec(queries.join('\n')) ?? [];
    expect(samplesOf(metric).some(({ labels }) => label in labels)).toBe(true);
  });
});

describe('Every gauge over all sessions', () => {
  it('is taken as a maximum, since every worker shows the same sessions', () => {
    const gauges = /(\w+)\s*(?:by \([^)]*\) )?\(\s*signing_(?:sessions|oldest_session_age_seconds)\{/g;
    const takenBy = expressions.flatMap(([, expr]) => [...expr.matchAll(gauges)].map(([, taken]) => taken));
    expect(takenBy.length).toBeGreaterThan(5);
    expect(new Set(takenBy)).toEqual(new Set(['max']));
  });
});

it('The alerts do what ops/alerts.test.yml says, where promtool is installed, which has a case for each', async () => {
  const tested = [...textOf('ops/alerts.test.yml').matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
  expect([...new Set(tested)].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  const promtool = findOnPath('promtool');
  if (promtool === undefined) return;
  const run = (...args: readonly string[]) => promisify(execFile)(promtool, args, { cwd: resolve('ops') });
  await run('check', 'config', 'prometheus.yml');
  await run('test', 'rules', 'alerts.test.yml');
});
