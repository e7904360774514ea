import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findOnPath } from '../../scripts/processes/commands.js';
import { OPEN_STATES } from '../../src/domain/status.js';
import { UNCLAIMED } from '../../src/worker/workflow-lookup.js';
import type { Sample } from '../support/exposition.js';
import { collectGatewayFailureMetrics, collectWorkerFailureMetrics } from '../support/failure-metrics.js';
import { matchesLabel, parsePromQl } from '../support/promql.js';
import { useRealEnvironments } from '../support/real-environment.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const readText = (file: string): string => readFileSync(resolve(file), 'utf8');
const { groups } = parse(readText('ops/alerts.yml')) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap(({ rules: all }) => all);
const dashboard = JSON.parse(readText('ops/grafana-dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string | { query: string } }[] };
};
const panels = dashboard.panels.filter(({ targets }) => targets !== undefined);

/** Fills in variables as Grafana does. */
const fillInVariables = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '5m').replaceAll('$task_queue', '.+');

const expressions: readonly (readonly [string, string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, fillInVariables(expr)] as const),
  ),
];

const createEnvironment = useRealEnvironments();
let measured: readonly Sample[] = [];
beforeAll(async () => {
  const environment = await createEnvironment();
  measured = [
    ...(await collectWorkerFailureMetrics(environment)),
    ...(await collectGatewayFailureMetrics(environment)),
  ];
});

const findSamples = (metric: string): readonly Sample[] => measured.filter(({ name }) => name === metric);

describe('An expression of the alerts and of the dashboard', () => {
  it('exists for every rule and panel', () => {
    expect(rules.length).toBeGreaterThan(5);
    expect(panels.length).toBeGreaterThan(10);
  });

  it.each(expressions)('is PromQL over metrics that a worker or a gateway serves: %s', (_, expr) => {
    const { selectors } = parsePromQl(expr);
    expect(selectors.length).toBeGreaterThan(0);
    expect(selectors.filter(({ metric }) => findSamples(metric).length === 0)).toEqual([]);
  });

  it.each(expressions)('uses labels and values that these metrics have: %s', (_, expr) => {
    const { selectors, labels } = parsePromQl(expr);
    const unknown = selectors.flatMap(({ metric, matchers }) =>
      matchers.filter(
        (matcher) =>
          !findSamples(metric).some(({ labels: has }) => matchesLabel(matcher, has[matcher.label] ?? '')),
      ),
    );
    expect(unknown).toEqual([]);
    const missing = selectors.flatMap(({ metric }) =>
      labels.filter((label) => !findSamples(metric).some(({ labels: has }) => label in has)),
    );
    expect(missing).toEqual([]);
  });

  it.each(expressions)('names only states that exist: %s', (_, expr) => {
    const named = parsePromQl(expr)
      .selectors.flatMap(({ matchers }) => matchers)
      .filter(({ label }) => label === 'state')
      .flatMap(({ value }) => value.split('|'));
    expect(named.filter((name) => ![UNCLAIMED, ...OPEN_STATES].some((state) => state === name))).toEqual([]);
  });
});

describe('The text of a result', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('names labels that it has: %s', (_, rule) => {
    const shown = [...rule.annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    const { labels } = parsePromQl(rule.expr);
    expect(shown.filter((label) => !labels.includes(label ?? ''))).toEqual([]);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'names labels that it has: %s',
    (_, panel) => {
      for (const { expr, legendFormat } of panel.targets ?? []) {
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const { labels } = parsePromQl(fillInVariables(expr));
        expect(shown.filter((label) => !labels.includes(label ?? ''))).toEqual([]);
      }
    },
  );

  it('can be filtered by the task queue of a worker', () => {
    const queries = dashboard.templating.list.map(({ query }) =>
      typeof query === 'string' ? query : query.query,
    );
    const [, metric = '', label = ''] = /label_values\((\w+), (\w+)\)/.exec(queries.join('\n')) ?? [];
    expect(findSamples(metric).some(({ labels }) => label in labels)).toBe(true);
  });
});

describe('Every gauge over all signings', () => {
  it('is taken as a maximum, since every worker counts the same signings', () => {
    const gauges = /(\w+)\s*(?:by \([^)]*\) )?\(\s*signing_(?:sessions|oldest_session_age_seconds)\{/g;
    const aggregations = expressions.flatMap(([, expr]) =>
      [...expr.matchAll(gauges)].map(([, name]) => name),
    );
    expect(aggregations.length).toBeGreaterThan(5);
    expect(new Set(aggregations)).toEqual(new Set(['max']));
  });
});

it('Every alert has a case in ops/alerts.test.yml, and promtool runs these cases if it is installed', async () => {
  const tested = [...readText('ops/alerts.test.yml').matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
  expect([...new Set(tested)].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  const promtool = findOnPath('promtool');
  if (promtool === undefined) return;
  const run = (...args: readonly string[]) => promisify(execFile)(promtool, args, { cwd: resolve('ops') });
  await run('check', 'config', 'prometheus.yml');
  await run('test', 'rules', 'alerts.test.yml');
});
