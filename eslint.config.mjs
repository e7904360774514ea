import js from '@eslint/js';
import markdown from '@eslint/markdown';
import tseslint from 'typescript-eslint';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { plainEnglish } from './scripts/lint/plain-english.mjs';

/** Who may import what (docs/decisions/module-boundaries.md): a folder may import from itself and from what its line lists. */
const boundaries = {
  domain: [],
  'shared/http': ['shared/errors.ts'],
  'shared/encryption': [],
  shared: ['domain', 'flexperto/call-observer.ts'],
  pdf: ['domain'],
  documents: ['domain', 'pdf', 'shared'],
  flexperto: ['domain', 'shared'],
  callbacks: ['domain', 'shared'],
  workflows: ['domain', 'activities', 'shared/tracing/trace-header.ts'],
  activities: [
    'domain',
    'flexperto',
    'documents',
    'pdf',
    'callbacks',
    'shared',
    'workflows/retry-policies.ts',
  ],
  audit: ['domain', 'shared', 'workflows/messages.ts'],
  client: ['audit', 'domain', 'shared', 'workflows/messages.ts'],
  worker: ['activities', 'callbacks', 'documents', 'domain', 'flexperto', 'pdf', 'shared', 'workflows'],
  gateway: ['callbacks', 'client', 'documents', 'domain', 'pdf', 'shared'],
  cli: ['client', 'documents', 'domain', 'pdf', 'shared'],
};

const zones = [
  ...Object.entries(boundaries).map(([folder, allowed]) => ({
    target: `src/${folder}`,
    from: 'src',
    except: [folder, ...allowed].map((name) => `./${name}`),
    message: `src/${folder} may import only: ${allowed.length === 0 ? 'nothing' : allowed.join(', ')}.`,
  })),
  {
    target: 'src',
    from: ['fake-flexperto', 'test', 'scripts', 'bench', 'chaos', 'examples'],
    message: 'src imports nothing from outside of src.',
  },
  {
    target: 'chaos',
    from: 'src',
    except: ['./client'],
    message: 'The chaos run uses the client library alone, so that its checks are independent of the worker.',
  },
  {
    target: 'examples',
    from: ['src', 'fake-flexperto', 'test', 'scripts', 'bench', 'chaos'],
    message: 'Others copy the examples: they use the gateway by HTTP alone.',
  },
  {
    target: 'scripts',
    from: ['test', 'bench', 'chaos'],
    message: 'The image compiles scripts without the tests.',
  },
  {
    target: 'fake-flexperto',
    from: ['src', 'test', 'scripts', 'bench', 'chaos', 'examples'],
    message: 'The fake shares no code with src, so that a misreading of the vendor fails a test.',
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

/** Files that must be plain English (scripts/lint/plain-english.mjs): comments, strings and Markdown prose. */
const proseFiles = ['**/*.{js,mjs,ts,md}'];

const restrictImports = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  { files: ['**/*.{js,mjs,ts}'], extends: [js.configs.recommended] },
  { files: ['**/*.md'], language: 'markdown/gfm', plugins: { markdown } },
  {
    files: proseFiles,
    ignores: ['scripts/lint/plain-english.mjs', 'test/project/plain-english.test.ts'],
    plugins: { local: plainEnglish },
    rules: { 'local/plain-english': ['error', { maxWords: 35 }] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-duplicates': 'error',
      'import-x/order': [
        'error',
        {
          groups: [
            ['builtin', 'external'],
            ['parent', 'sibling', 'index'],
          ],
          alphabetize: { order: 'asc' },
          named: true,
          'newlines-between': 'never',
        },
      ],
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
    },
  },
  restrictImports(
    ['src/domain/**'],
    [{ regex: '^[^.]', message: 'The domain imports no package, so that it runs in the workflow sandbox.' }],
  ),
  restrictImports(
    ['src/workflows/**'],
    [
      { regex: '^(?!\\.|@temporalio/(workflow|common)$)', message: 'Workflow code runs in the sandbox.' },
      {
        regex: 'activities',
        allowTypeImports: true,
        message: 'Workflows import only the types of activities.',
      },
    ],
  ),
  restrictImports(
    ['src/shared/encryption/**'],
    [
      {
        regex: '^(?!\\.|node:|@temporalio/(common|proto)$)',
        message: 'Encryption knows payloads, not how they are used.',
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
