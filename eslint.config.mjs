import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** Who may import what (DESIGN.md, "Module boundaries"): every folder lists all it may reach; the rest is refused. */
const house = [
  { target: 'src/domain', may: [] },
  { target: 'src/network', may: [] },
  { target: 'src/flexperto', may: ['domain', 'network'] },
  { target: 'src/documents', may: ['domain', 'network'] },
  { target: 'src/callbacks', may: ['domain', 'network'] },
  { target: 'src/encryption', may: ['domain'] },
  { target: 'src/activities', may: ['domain', 'flexperto', 'documents', 'callbacks'] },
  { target: 'src/metrics', may: ['domain', 'flexperto', 'visibility.ts'] },
  { target: 'src/workflows', may: ['domain', 'activities'] },
  {
    target: 'src/tracing',
    may: ['flexperto', 'network', 'workflows/trace-header.ts', 'workflows/tracing.ts'],
  },
  {
    target: 'src/starter',
    may: ['domain', 'encryption', 'workflows/messages.ts', 'workflows/start-mark.ts'],
  },
  {
    target: 'src/gateway',
    may: [
      'starter',
      'domain',
      'documents',
      'callbacks',
      'network',
      'encryption',
      'config.ts',
      'listen.ts',
      'temporal.ts',
      'log.ts',
    ],
  },
  {
    target: 'src/cli',
    may: ['starter', 'domain', 'documents', 'config.ts', 'temporal.ts', 'tracing/index.ts'],
  },
];

const zones = [
  ...house.map(({ target, may }) => ({
    target,
    from: 'src',
    except: [`./${target.slice('src/'.length)}`, ...may.map((folder) => `./${folder}`)],
    message: `${target} may import only: ${may.length === 0 ? 'nothing' : may.join(', ')}.`,
  })),
  {
    target: 'src',
    from: ['fake-flexperto', 'test', 'scripts', 'bench', 'chaos', 'examples'],
    message: 'src stands alone.',
  },
  {
    target: 'chaos',
    from: 'src',
    except: ['./starter'],
    message:
      'The chaos run knows the worker from outside, by the client library, so that it judges with its own eyes.',
  },
  {
    target: 'examples',
    from: ['src', 'fake-flexperto', 'test', 'scripts', 'bench', 'chaos'],
    message: 'An example is what others copy: it knows the gateway by HTTP alone.',
  },
  {
    target: 'scripts',
    from: ['test', 'bench', 'chaos'],
    message: 'The image compiles scripts without the tests.',
  },
  {
    target: 'fake-flexperto',
    from: ['src', 'test', 'scripts', 'bench', 'chaos', 'examples'],
    message: 'The fake shares no code with src, so that a misreading of the vendor cannot pass its own test.',
  },
  {
    target: 'src',
    from: ['src/worker.ts', 'src/cli.ts', 'src/gateway.ts'],
    message: 'Nothing imports an entry point.',
  },
];

const browserGlobals = [
  'AbortController', 'CSS', 'EventSource', 'FormData', 'URLSearchParams', 'clearTimeout', 'crypto', 'document', 'fetch',
  'history', 'location', 'sessionStorage', 'setTimeout', 'window',
]; // prettier-ignore

const only = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
    },
  },
  only(
    ['src/domain/**'],
    [{ regex: '^[^.]', message: 'The domain imports nothing, so that it can be simulated.' }],
  ),
  only(
    ['src/workflows/**'],
    [
      { regex: '^(?!\\.|@temporalio/(workflow|common)$)', message: 'Workflow code runs in the sandbox.' },
      { regex: 'activities', allowTypeImports: true, message: 'Workflows know activities by their types.' },
    ],
  ),
  only(
    ['src/encryption/**'],
    [
      {
        regex: '^(?!\\.|node:|@temporalio/(common|proto)$)',
        message: 'Encryption knows payloads and nothing of what is done with them.',
      },
    ],
  ),
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['examples/crm/page/*.js'],
    languageOptions: { globals: Object.fromEntries(browserGlobals.map((name) => [name, 'readonly'])) },
  },
  {
    files: ['scripts/**', 'bench/**', 'chaos/**', 'fake-flexperto/main.ts', 'examples/crm/main.ts'],
    rules: { 'no-console': 'off' },
  },
);
