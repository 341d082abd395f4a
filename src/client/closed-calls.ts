/**
 * Calls on a connection that was closed. HOST. The SDK tries a failed call again from a timer; where the connection is
 * closed meanwhile, grpc-js throws there, which nobody can catch: the process would end.
 */
import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;
type Start = Call['start'];

const cancelled = 1;

/** A call that ends as cancelled as soon as it is started. */
const endedCall = (details: string): Call => {
  const nothing = (): void => undefined;
  const start: Start = (metadata, listener) =>
    queueMicrotask(() => {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: cancelled, details, metadata });
    });
  const ended = {
    ...{ start, cancelWithStatus: nothing, sendMessageWithContext: nothing, sendMessage: nothing },
    ...{ startRead: nothing, halfClose: nothing, getPeer: () => '', getAuthContext: () => null },
  };
  return ended as unknown as Call;
};

const endWhenClosed: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call;
  } catch (error) {
    return endedCall((error as Error).message);
  }
};

/** The SDK's own interceptors, and within them ours. */
export const callInterceptors: Interceptor[] = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endWhenClosed];
