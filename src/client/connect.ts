/** A client of a Temporal server, with our payloads. HOST. */
import { Client, type TLSConfig } from '@temporalio/client';
import { ConfigError, ConnectionError } from '../core/errors.js';
import { createValues, payloadCodecFor, openResultStore, type Values } from '../results/index.js';
import { payloadConverterPath } from '../project/payload-converter-path.js';
import { openConnection } from './connection.js';

export interface ServerSettings {
  /** `host:port` */
  address: string;
  namespace: string;
  tls?: boolean | TLSConfig | undefined;
  apiKey?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/** What both the client's and the worker's connection take. */
export const connectionOptions = ({ address, tls, apiKey, metadata }: ServerSettings) => ({
  address,
  ...(tls === undefined ? {} : { tls }),
  ...(apiKey === undefined ? {} : { apiKey }),
  ...(metadata === undefined ? {} : { metadata }),
});

const stores = new WeakMap<Client, Promise<Values>>();

/** The result store that `client` was connected with. @throws ConfigError NO_RESULT_STORE */
export const valuesOf = (client: Client): Promise<Values> => {
  const values = stores.get(client);
  if (values !== undefined) return values;
  throw new ConfigError('NO_RESULT_STORE', 'This client was connected without a result store.', { details: {} });
};

/**
 * @param options `store`: URL of the result store that the run's workers use
 * @throws ConnectionError SERVER_UNREACHABLE; ConfigError for a store that cannot be opened
 */
export const connectClient = async (server: ServerSettings, options: { store: string }): Promise<Client> => {
  const store = await openResultStore(options.store);
  try {
    const connection = await openConnection({ ...connectionOptions(server), connectTimeout: '10s' });
    const dataConverter = { payloadConverterPath, payloadCodecs: [payloadCodecFor(store)] };
    const client = new Client({ connection, namespace: server.namespace, dataConverter });
    stores.set(client, Promise.resolve(createValues(store)));
    return client;
  } catch (error) {
    throw new ConnectionError(
      'SERVER_UNREACHABLE',
      `No Temporal server answers at ${server.address}: ${(error as Error).message}. ` +
        `Start one with \`perdure dev\`, or correct the address (TEMPORAL_ADDRESS, temporal.toml, or the executor's option).`,
      { cause: error, details: { address: server.address, namespace: server.namespace } },
    );
  }
};
