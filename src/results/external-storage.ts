/**
 * The result store as the place where Temporal's SDK puts payloads that are too large for a history: parameters, signals
 * and errors, which do not travel as `Stored`. HOST. Named by their content, under the workflow that they belong to. It
 * loads none of the SDK: children come by this door too, and have no use for it.
 */
import { createHash } from 'node:crypto';
import type { ExternalStorage, Payload, StorageDriver, StorageDriverClaim } from '@temporalio/common';
import { flowPayloadBytes, flowPayloadMark, maxPayloadBytes } from '../core/protocol.js';
import type { StoredBytes } from '../core/result-ref.js';
import { runPrefix } from './place.js';
import type { ResultStore } from './store.js';

/** For payloads that no workflow is named for (a standalone activity's): nothing prunes them. */
const sharedPrefix = 'shared/';

/** Room for what surrounds a payload, below Temporal's limit on it. */
const ordinaryBytes = maxPayloadBytes - 16 * 1024;

/** What flow code sends goes by its own, lower limit; whatever any program may read stays a plain payload while it can. */
const isOffloaded = ({ metadata, data }: Payload): boolean =>
  (data?.length ?? 0) > (metadata?.[flowPayloadMark] === undefined ? ordinaryBytes : flowPayloadBytes);

/** Loaded with the first large payload, by processes that have loaded it long before. */
const payloadMessage = async () => {
  const { default: proto } = await import('@temporalio/proto');
  return proto.temporal.api.common.v1.Payload;
};

const claimOf = ({ store, key, bytes, sha256 }: StoredBytes): StorageDriverClaim => ({
  claimData: { store, key, bytes: String(bytes), sha256 },
});

const refOf = ({ claimData }: StorageDriverClaim): StoredBytes => ({
  store: claimData['store'] ?? '',
  key: claimData['key'] ?? '',
  bytes: Number(claimData['bytes']),
  sha256: claimData['sha256'] ?? '',
});

/** The driver alone, for a data converter that has others beside it. */
export const storageDriverFor = (store: ResultStore): StorageDriver => ({
  name: 'perdure',
  type: 'perdure.resultstore',
  store: async ({ target }, payloads) => {
    const message = await payloadMessage();
    const prefix = target?.kind === 'workflow' && target.id !== undefined ? runPrefix(target.id) : sharedPrefix;
    return Promise.all(
      payloads.map(async (payload) => {
        const bytes = message.encode(message.create(payload)).finish();
        const name = createHash('sha256').update(bytes).digest('hex');
        return claimOf(await store.put(`${prefix}payloads/${name}`, bytes));
      }),
    );
  },
  retrieve: async (_, claims) => {
    const message = await payloadMessage();
    return Promise.all(claims.map(async (claim): Promise<Payload> => message.decode(await store.get(refOf(claim)))));
  },
});

/** For a data converter: payloads too large for Temporal, and what would crowd a flow's commands, go to `store`. */
export const externalStorageFor = (store: ResultStore): ExternalStorage => {
  const driver = storageDriverFor(store);
  // A cast: the SDK's class has a private field, and loading the class would load the SDK.
  return {
    drivers: [driver],
    driverSelector: (_: unknown, payload: Payload) => (isOffloaded(payload) ? driver : null),
    payloadSizeThreshold: flowPayloadBytes,
    getDriver: (name: string) => (name === driver.name ? driver : null),
  } as unknown as ExternalStorage;
};
