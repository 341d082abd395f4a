/** A client of a Temporal server, with our payloads. HOST. */
import { Client, type Connection, type TLSConfig } from '@temporalio/client';
import { ConfigError, ConnectionError } from '../core/errors.js';
import { createValues, payloadCodecFor, openResultStore, type Values } from '../results/index.js';
import { payloadConverterPath } from '../project/payload-converter-path.js';
import { openConnection } from './connection.js';

export interface ServerSettings {
  /** An embedded one has its namespace, and is not asked. */
  kind?: 'external' | 'embedded';
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

const connectMs = 10_000;

/** gRPC's. Servers may keep the question itself from a client (PERMISSION_DENIED): that says nothing of the namespace. */
const notFoundStatus = 5;

/** Without the question, each call would fail in the SDK's words, and a worker's in those of its transport. */
const checkNamespace = async (connection: Connection, { address, namespace }: ServerSettings): Promise<void> => {
  try {
    const ask = () => connection.workflowService.describeNamespace({ namespace });
    await connection.withDeadline(Date.now() + connectMs, ask);
  } catch (error) {
    if ((error as { code?: number }).code !== notFoundStatus) return;
    throw new ConfigError(
      'BAD_CONFIG',
      `The Temporal server at ${address} has no namespace '${namespace}'. Correct the name (TEMPORAL_NAMESPACE, temporal.toml, ` +
        `or the executor's option), or create it: temporal operator namespace create --namespace ${namespace}`,
      { cause: error, details: { address, namespace } },
    );
  }
};

/**
 * @param options `store`: URL of the result store that the run's workers use
 * @throws ConnectionError SERVER_UNREACHABLE; ConfigError for a namespace that is not there, and a store that cannot be opened
 */
export const connectClient = async (server: ServerSettings, options: { store: string }): Promise<Client> => {
  const store = await openResultStore(options.store);
  const connection = await openConnection({ ...connectionOptions(server), connectTimeout: connectMs }).catch(
    (error: unknown) => {
      throw unreachable(server, error);
    },
  );
  try {
    if (server.kind !== 'embedded') await checkNamespace(connection, server);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const dataConverter = { payloadConverterPath, payloadCodecs: [payloadCodecFor(store)] };
  const client = new Client({ connection, namespace: server.namespace, dataConverter });
  stores.set(client, Promise.resolve(createValues(store)));
  return client;
};

const unreachable = ({ address, namespace }: ServerSettings, error: unknown): ConnectionError =>
  new ConnectionError(
    'SERVER_UNREACHABLE',
    `No Temporal server answers at ${address}: ${(error as Error).message}. ` +
      `Start one with \`perdure dev\`, or correct the address (TEMPORAL_ADDRESS, temporal.toml, or the executor's option).`,
    { cause: error, details: { address, namespace } },
  );
