/** How this command is called here, so that what it prints can be copied into the same shell. HOST. */

const runners: Readonly<Record<string, string>> = { npm: 'npx', pnpm: 'pnpm', yarn: 'yarn', bun: 'bunx' };

/** `perdure`, or `npx perdure` where a package manager found it: then it need not be on the PATH. */
export const invocation = (env: NodeJS.ProcessEnv = process.env): string => {
  const manager = env['npm_config_user_agent']?.split('/', 1)[0] ?? '';
  const runner = Object.hasOwn(runners, manager) ? runners[manager] : undefined;
  return runner === undefined ? 'perdure' : `${runner} perdure`;
};
