/**
 * The result store as the place of payloads that are too large for a history: parameters, signals and errors, which do
 * not travel as `Stored`. HOST. A codec of the SDK's data converter: it sees every payload of every task, so whatever is
 * small passes untouched. Named by content, under the workflow that they belong to. Loads none of the SDK.
 */
import { createHash } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { flowPayloadBytes, flowPayloadMark, maxPayloadBytes, storedPayloadMark } from '../core/protocol.js';
import type { StoredBytes } from '../core/result-ref.js';
import { runPrefix } from './place.js';
import type { ResultStore } from './store.js';

/** For payloads that no workflow is named for (a standalone activity's): nothing prunes them. */
const sharedPrefix = 'shared/';

/** Room for what surrounds a payload, below Temporal's limit on it. */
const ordinaryBytes = maxPayloadBytes - 16 * 1024;

/** What flow code sends goes by its own, lower limit; whatever any program may read stays a plain payload while it can. */
const isLarge = ({ metadata, data }: Payload): boolean =>
  (data?.length ?? 0) > (metadata?.[flowPayloadMark] === undefined ? ordinaryBytes : flowPayloadBytes);

const isStored = ({ metadata }: Payload): boolean => metadata?.[storedPayloadMark] !== undefined;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** For a data converter's `payloadCodecs`. @throws ResultStoreError, as the store does */
export const payloadCodecFor = (store: ResultStore): PayloadCodec => {
  const offload = async (payload: Payload, context: SerializationContext | undefined): Promise<Payload> => {
    const data = payload.data ?? new Uint8Array();
    const prefix = context?.workflowId === undefined ? sharedPrefix : runPrefix(context.workflowId);
    const name = createHash('sha256').update(data).digest('hex');
    const ref = await store.put(`${prefix}payloads/${name}`, data);
    // The encoding stays beside the mark: it is that of the bytes in the store.
    return { metadata: { ...payload.metadata, [storedPayloadMark]: bytesOf('1') }, data: bytesOf(JSON.stringify(ref)) };
  };
  const fetch = async ({ metadata, data }: Payload): Promise<Payload> => {
    const { [storedPayloadMark]: _mark, ...own } = metadata ?? {};
    const ref = JSON.parse(new TextDecoder().decode(data ?? new Uint8Array())) as StoredBytes;
    return { metadata: own, data: await store.get(ref) };
  };
  return {
    encode: async (payloads, context) =>
      payloads.some(isLarge)
        ? Promise.all(payloads.map(async (one) => (isLarge(one) ? offload(one, context) : one)))
        : payloads,
    decode: async (payloads) =>
      payloads.some(isStored) ? Promise.all(payloads.map(async (one) => (isStored(one) ? fetch(one) : one))) : payloads,
  };
};
