/**
 * Where perdure's own code for the sandbox lies. Host, build time. Paths only: host code never imports the sandbox's.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface SandboxParts {
  /** Folder of perdure's built files. */
  readonly dist: string;
  /** What `import … from 'perdure'` is inside a flow. */
  readonly door: string;
  /** Exports `workflowExports()`: every flow that has been made, by name. */
  readonly entry: string;
  /** The module whose `interceptors` put our headers on what a flow starts. */
  readonly interceptors: string;
  /** The CommonJS module of the payload converter, where there is one. */
  readonly payloadConverter: string | undefined;
}

/** perdure's own parts; the same from `src/compiler` and from `dist/compiler`. */
export const sandboxParts = (): SandboxParts => {
  const at = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
  const payloadConverter = at('workflows/payload-converter.cjs');
  return {
    dist: at(''),
    door: at('workflows/index.js'),
    entry: at('workflows/sandbox-entry.js'),
    interceptors: at('workflows/task-headers.js'),
    payloadConverter: existsSync(payloadConverter) ? payloadConverter : undefined,
  };
};
