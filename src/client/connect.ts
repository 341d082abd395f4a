/** A client of a Temporal server, with our payloads. HOST. */
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import { ConnectionError } from '../core/errors.js';
import { payloadConverterPath } from '../project/payload-converter-path.js';

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

/** @throws ConnectionError SERVER_UNREACHABLE */
export const connectClient = async (server: ServerSettings): Promise<Client> => {
  try {
    const connection = await Connection.connect({ ...connectionOptions(server), connectTimeout: '10s' });
    return new Client({ connection, namespace: server.namespace, dataConverter: { payloadConverterPath } });
  } catch (error) {
    throw new ConnectionError(
      'SERVER_UNREACHABLE',
      `No Temporal server answers at ${server.address}: ${(error as Error).message}. ` +
        `Start one with \`perdure dev\`, or correct the address (TEMPORAL_ADDRESS, temporal.toml, or the executor's option).`,
      { cause: error, details: { address: server.address, namespace: server.namespace } },
    );
  }
};
