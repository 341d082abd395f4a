/**
 * Turns the webpack configuration of Temporal's bundler into perdure's: how the user's files and packages are resolved
 * and compiled, and that the same input gives the same bytes. Host, build time; runs only when a bundle is made.
 */
import { createRequire } from 'node:module';
import { dirname, extname, sep } from 'node:path';
import type { Configuration, RuleSetRule, PluginInstance } from './webpack-types.js';
import { userResolve } from './resolve-request.js';
import type { SandboxParts } from './sandbox-parts.js';
import type { Tsconfigs } from './tsconfig-paths.js';

export interface FlowConfig {
  readonly projectRoot: string;
  readonly sandbox: SandboxParts;
  readonly tsconfigs: Tsconfigs;
  readonly plugin: PluginInstance;
  /** Whether a file is one that the analysis has printed. */
  readonly isUserModule: (file: string) => boolean;
  readonly isEntry: (file: string) => boolean;
}

const require = createRequire(import.meta.url);

/** swc's options for one user file; the same for TypeScript and JavaScript, so that both mean the same. */
const swcOptions = (file: string, tsconfigs: Tsconfigs, isCommonJs: boolean): object => {
  const extension = extname(file);
  const isTypeScript = /^\.[mc]?tsx?$/.test(extension);
  const compiler = tsconfigs.of(file)?.config.compilerOptions ?? {};
  const isLegacy = compiler.experimentalDecorators === true;
  const isAutomatic = compiler.jsx?.startsWith('react-jsx') === true;
  return {
    sourceMap: true,
    configFile: false,
    swcrc: false,
    ...(isCommonJs && { module: { type: 'commonjs' } }),
    jsc: {
      target: 'es2022',
      parser: isTypeScript
        ? { syntax: 'typescript', tsx: extension === '.tsx', decorators: true }
        : { syntax: 'ecmascript', jsx: true, decorators: true },
      transform: {
        // The standard's, as TypeScript has them; swc's own default is an older draft, without `accessor`.
        ...(isLegacy ? { legacyDecorator: true } : { decoratorVersion: '2022-03' }),
        decoratorMetadata: compiler.emitDecoratorMetadata === true,
        useDefineForClassFields: compiler.useDefineForClassFields !== false,
        react: {
          development: false,
          runtime: isAutomatic ? 'automatic' : 'classic',
          ...(isAutomatic && { importSource: compiler.jsxImportSource ?? 'react' }),
        },
      },
    },
  };
};

const userRule = (flow: FlowConfig): RuleSetRule => {
  const temporal = createRequire(require.resolve('@temporalio/worker'));
  return {
    resource: flow.isUserModule,
    extractSourceMap: true,
    resolve: userResolve,
    // Decides per file: the extension and the nearest tsconfig.json matter.
    use: (info) => {
      const file = (info as { resource: string }).resource;
      return { loader: temporal.resolve('swc-loader'), options: swcOptions(file, flow.tsconfigs, /\.cts$/.test(file)) };
    },
  };
};

const packageFolder = (name: string): string => {
  const entry = require.resolve(name);
  const folder = `${sep}node_modules${sep}${name.split('/').join(sep)}`;
  return entry.slice(0, entry.lastIndexOf(folder) + folder.length) || dirname(entry);
};

/** `config` as perdure needs it. */
export const flowWebpackConfig = (config: Configuration, flow: FlowConfig): Configuration => {
  const { resolve = {}, module = {}, output = {} } = config;
  return {
    ...config,
    context: flow.projectRoot,
    resolve: {
      ...resolve,
      // Packages mean what they say; the user's own files follow `userResolve`.
      extensions: ['.js', '.json', '.mjs', '.cjs'],
      extensionAlias: {},
      conditionNames: ['perdure-sandbox', '...'],
      alias: {
        ...resolve.alias,
        perdure$: flow.sandbox.door,
        // One copy in the sandbox: perdure's. A second would not know the running workflow.
        '@temporalio/workflow': packageFolder('@temporalio/workflow'),
        '@temporalio/common': packageFolder('@temporalio/common'),
      },
      plugins: [...(resolve.plugins ?? []), flow.tsconfigs.plugin],
    },
    // webpack's own reading of TypeScript, which newer versions have on and which refuses `.tsx`: swc does that here.
    experiments: { ...config.experiments, typescript: false },
    // Temporal's own check of imports, which names no place, is replaced by the plugin's.
    externals: [],
    module: {
      ...module,
      parser: {
        ...module.parser,
        javascript: {
          ...module.parser?.['javascript'],
          // The sandbox cannot load a second file.
          dynamicImportMode: 'eager',
          exportsPresence: 'warn',
        },
      },
      rules: [userRule(flow), { resource: flow.isEntry, type: 'javascript/dynamic' }],
    },
    output: { ...output, filename: 'flows.js', pathinfo: false },
    optimization: { ...config.optimization, moduleIds: false },
    performance: false,
    stats: 'errors-only',
    plugins: [...(config.plugins ?? []), flow.plugin],
  };
};
