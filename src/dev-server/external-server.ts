/**
 * The server that the user's own settings name: explicit options, then Temporal's environment variables, then a
 * profile of `temporal.toml`. Host. Reads settings only; it never connects.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { TLSConfig } from '@temporalio/client';
import { ConfigError, PerdureError } from '../core/errors.js';
import type { ServerAddress } from './server-address.js';

export interface ExternalServerOverrides {
  address?: string | undefined;
  namespace?: string | undefined;
  tls?: boolean | TLSConfig | undefined;
  apiKey?: string | undefined;
  /** Default: `TEMPORAL_PROFILE`, then `default`. */
  profile?: string | undefined;
}

export interface ExternalServer extends ServerAddress {
  kind: 'external';
}

/**
 * The configured server, or `undefined` when no setting gives an address: then the embedded one is meant, whatever
 * else (`TEMPORAL_NAMESPACE`, an API key) is set.
 * @throws ConfigError `BAD_CONFIG` for a profile file or variable that cannot be used.
 */
export const externalServer = (overrides: ExternalServerOverrides = {}): ExternalServer | undefined => {
  const configured = loadSettings(overrides.profile);
  const address = overrides.address ?? configured.connectionOptions.address;
  if (!address) return undefined;
  checkAddress(address);
  const apiKey = overrides.apiKey ?? apiKeyOf(configured);
  const tls = overrides.tls ?? configured.connectionOptions.tls ?? (apiKey ? true : undefined);
  const metadata = configured.connectionOptions.metadata as Record<string, string> | undefined;
  return {
    kind: 'external',
    address,
    namespace: overrides.namespace ?? configured.namespace ?? 'default',
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(apiKey ? { apiKey } : {}),
    ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
};

const loadSettings = (profile: string | undefined): ClientConnectConfig => {
  const file = process.env['TEMPORAL_CONFIG_FILE'];
  // The loader passes over a file that is not there; one that was named is a mistake, not a default.
  if (file && !existsSync(file)) throw badConfig(`TEMPORAL_CONFIG_FILE names ${file}, which does not exist.`, { file });
  try {
    // Loaded here, not above: it costs 15 ms, which a command that needs no server does not pay.
    const { loadClientConnectConfig } = createRequire(import.meta.url)(
      '@temporalio/envconfig',
    ) as typeof import('@temporalio/envconfig');
    return loadClientConnectConfig(profile === undefined ? {} : { profile });
  } catch (error) {
    if (error instanceof PerdureError) throw error;
    throw badConfig(
      `Temporal's settings cannot be read: ${(error as Error).message}. Mend ${file ?? 'temporal.toml'} or the TEMPORAL_* variables.`,
      { file },
      error,
    );
  }
};

const checkAddress = (address: string): void => {
  const match = /^(?:\[[0-9a-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(address);
  if (!match || Number(match[1]) < 1 || Number(match[1]) > 65_535)
    throw badConfig(
      `Expected the server's address to be \`host:port\`, such as 127.0.0.1:7233, got \`${address}\`. It comes from the \`address\` option, TEMPORAL_ADDRESS or temporal.toml.`,
      { address },
    );
};

const apiKeyOf = (configured: ClientConnectConfig): string | undefined => {
  const { apiKey } = configured.connectionOptions;
  return typeof apiKey === 'string' ? apiKey : undefined;
};

const badConfig = (message: string, details: Record<string, unknown>, cause?: unknown): ConfigError =>
  new ConfigError('BAD_CONFIG', message, { cause, details });
