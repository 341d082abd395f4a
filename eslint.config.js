/** The lint rules: typescript-eslint's type-aware set, and the house's own limits from STYLE. */
import tseslint from 'typescript-eslint';
import { openingComment } from './scripts/lint/opening-comment.mjs';
import { fileName } from './scripts/lint/file-name.mjs';

const house = { rules: { 'opening-comment': openingComment, 'file-name': fileName } };

const bareErrors = ['Error', 'TypeError', 'RangeError'].map((name) => ({
  selector: `ThrowStatement > :matches(NewExpression, CallExpression)[callee.name="${name}"]`,
  message: 'Throw an error of the taxonomy (src/core/errors.ts), with a code that has its page.',
}));

const tooManyParameters = [
  [
    ':not(MethodDefinition[kind="constructor"]) > :function[params.length>3]',
    'Three parameters, then an options object.',
  ],
  ['MethodDefinition[kind="constructor"] > :function[params.length>4]', 'Four parameters, then an options object.'],
].map(([selector, message]) => ({ selector, message }));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', '**/.perdure', 'sandbox-globals.d.ts', 'test/**/fixtures'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.cts'] })),
  {
    files: ['**/*.ts', '**/*.cts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './tsconfig.types.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/require-await': 'off',
      'no-control-regex': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,cts}'],
    plugins: { house },
    rules: {
      'house/opening-comment': 'error',
      'house/file-name': 'error',
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-restricted-syntax': ['error', ...bareErrors, ...tooManyParameters],
      eqeqeq: ['error', 'always'],
      'no-console': ['error', { allow: ['error'] }],
    },
  },
  { files: ['**/*.cts'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    // Tests look at what is `any` by nature: parsed JSON, jest's matchers, futures coerced on purpose.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: Object.fromEntries(
      [
        'no-unsafe-assignment',
        'no-unsafe-argument',
        'no-unsafe-return',
        'no-unsafe-member-access',
        'no-unsafe-call',
        'no-base-to-string',
        'restrict-template-expressions',
      ].map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
);
