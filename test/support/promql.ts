import { parser } from '@prometheus-io/lezer-promql';

/** The metrics and labels of an expression. */
export interface ParsedQuery {
  readonly selectors: readonly Selector[];
  /** The labels of all groupings. */
  readonly labels: readonly string[];
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Parses an expression by Prometheus' own grammar. @throws Error if it is not PromQL */
export function parsePromQl(expression: string): ParsedQuery {
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const labels: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, from, to, type, node }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expression}`);
      const text = expression.slice(from, to);
      if (name === 'VectorSelector') selectors.push({ metric: '', matchers: [] });
      const selector = selectors.at(-1);
      if (name === 'Identifier' && selector !== undefined) selector.metric = text;
      if (name === 'UnquotedLabelMatcher') selector?.matchers.push(parseMatcher(text));
      if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') labels.push(text);
    },
  });
  return { selectors, labels };
}

function parseMatcher(text: string): Matcher {
  const [, label = '', operator = '', value = ''] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(text) ?? [];
  return { label, operator, value };
}

/** Whether the matcher's pattern matches the value, whether it includes or excludes it. */
export function matchesLabel({ operator, value }: Matcher, actual: string): boolean {
  return operator.endsWith('~') ? new RegExp(`^(${value})$`).test(actual) : value === actual;
}
