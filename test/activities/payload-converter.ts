/** The payload converter of the project for a client in this process: jest cannot `require` the ES modules of the real one. */
import {
  defaultFailureConverter,
  defaultPayloadConverter,
  type LoadedDataConverter,
  type PayloadConverter,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { decodeText, encodeText } from '../../dist/core/text-codec.js';

const none = new Uint8Array();

const payloadConverter: PayloadConverter = {
  toPayload: (value) => {
    const { text, format } = encodeText(value);
    return format === 'json'
      ? defaultPayloadConverter.toPayload(value)
      : { metadata: { encoding: encode('json/devalue') }, data: encode(text) };
  },
  fromPayload: <T>(payload: Parameters<PayloadConverter['fromPayload']>[0]): T =>
    decode(payload.metadata?.['encoding'] ?? none) === 'json/devalue'
      ? (decodeText(decode(payload.data ?? none), 'devalue') as T)
      : defaultPayloadConverter.fromPayload<T>(payload),
};

export const dataConverter: LoadedDataConverter = {
  payloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};
