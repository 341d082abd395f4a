/**
 * Values as the text of a payload: what cannot be encoded is refused with its path, and so is what is more than can be
 * carried. Pure: Temporal's payload converter and runs in memory refuse the same.
 */
import { maxOffloadedBytes } from './protocol.js';
import { encodeText } from './text-codec.js';

/** Marked for the code that knows which task the value belongs to. */
export class PayloadError extends Error {
  constructor(
    readonly payloadCode: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE',
    message: string,
  ) {
    super(message);
    this.name = 'PayloadError';
  }
}

/** @throws PayloadError NOT_SERIALIZABLE */
export const payloadText = (value: unknown): ReturnType<typeof encodeText> => {
  try {
    return encodeText(value);
  } catch (error) {
    throw new PayloadError('NOT_SERIALIZABLE', (error as Error).message);
  }
};

/** @throws PayloadError PAYLOAD_TOO_LARGE */
export const checkPayloadBytes = (bytes: number): void => {
  if (bytes <= maxOffloadedBytes) return;
  const megabytes = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  throw new PayloadError(
    'PAYLOAD_TOO_LARGE',
    `the value has ${megabytes}, and what passes through a flow at most 256 MB`,
  );
};
