import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', 'packages/common/src/api/generated.ts', '.data/', '.cache/', '.nx/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export: `export *` hides what a module offers.' },
      ],
    },
  },
  {
    // The broker is known by its port (packages/common/src/broker/port.ts): an engine only to its adapter and to the tools about it.
    files: ['packages/**/*.ts', 'services/**/*.ts', 'tools/**/*.ts', 'e2e/**/*.ts'],
    ignores: [
      'packages/common/src/broker/**',
      'packages/servers/**',
      'packages/testing/src/broker/{as-operator,foreign-publisher}.ts',
      'tools/nats-streaming/**',
      '**/*.test.ts',
      '**/*.test.*.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['nats', 'node-nats-streaming', '@nats-io/transport-node', '@nats-io/jetstream'].map((name) => ({
            ...{ name, message: 'Use the port: broker/port.ts.' },
          })),
          patterns: [
            {
              group: ['**/broker/nats-streaming/*', '**/broker/jetstream/*'],
              message: 'Make brokers with broker/create-broker.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    // Assertions on parsed JSON bodies read `any`; the assertion itself is the check.
    files: ['**/*.test.ts', 'packages/testing/src/suites/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
);
