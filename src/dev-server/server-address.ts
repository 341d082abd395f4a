/** Where a Temporal server is and how to speak to it. Host, types only. */
import type { TLSConfig } from '@temporalio/client';

export interface ServerAddress {
  /** `external`: the user named it. `embedded`: the dev server of this project. */
  kind: 'external' | 'embedded';
  /** `host:port` of the gRPC frontend. */
  address: string;
  namespace: string;
  tls?: boolean | TLSConfig;
  apiKey?: string;
  /** Headers sent with every call (`TEMPORAL_GRPC_META_*`, `grpc_meta` of a profile). */
  metadata?: Record<string, string>;
  /** Temporal's own UI, where it is known. */
  uiUrl?: string;
}
