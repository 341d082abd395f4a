/**
 * A connection whose calls end with it. HOST. The SDK tries a failed call again from a timer; where the connection is
 * closed meanwhile, grpc-js throws there, which nobody can catch and ends the process, or goes on trying.
 */
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;
type Start = Call['start'];

const cancelled = { code: 1, details: 'The connection was closed' } as const;

/** A call that ends as cancelled as soon as it is started. */
const endedCall = (): Call => {
  const nothing = (): void => undefined;
  const start: Start = (metadata, listener) =>
    queueMicrotask(() => {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ ...cancelled, metadata });
    });
  const ended = {
    ...{ start, cancelWithStatus: nothing, sendMessageWithContext: nothing, sendMessage: nothing },
    ...{ startRead: nothing, halfClose: nothing, getPeer: () => '', getAuthContext: () => null },
  };
  return ended as unknown as Call;
};

/** As the SDK's `Connection.connect`; a call that is made, or tried again, after `close` fails as cancelled. */
export const openConnection = async (options: ConnectionOptions): Promise<Connection> => {
  let isClosed = false;
  const end: Interceptor = (call, next) => (isClosed ? endedCall() : (next(call) as Call));
  const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), end];
  const connection = await Connection.connect({ ...options, interceptors });
  const close = connection.close.bind(connection);
  connection.close = () => {
    isClosed = true;
    return close();
  };
  return connection;
};
