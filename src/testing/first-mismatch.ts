/** What the SDK's core says of a replay that does not fit, in words of flows and tasks. HOST. Anything it does not know stays as it is. */
export interface HistoryEvent {
  eventId?: unknown;
  activityTaskScheduledEventAttributes?: { activityId?: string | null } | null;
  startChildWorkflowExecutionInitiatedEventAttributes?: { workflowId?: string | null } | null;
  timerStartedEventAttributes?: object | null;
}

export interface Mismatch {
  /** Completes a sentence about the code and the history. */
  says: string;
  /** Of the first event that differs, where it is known. */
  eventId?: number;
}

/** The core's state machines, by what the code does to get one. */
const doings: Readonly<Record<string, string>> = {
  Activity: 'starts a task run',
  LocalActivity: 'starts a local task run',
  Timer: 'waits',
  'Child workflow': 'calls a flow',
  'Complete workflow': 'ends the flow',
  'Fail workflow': 'fails the flow',
};

const eventWords = (event: HistoryEvent | undefined, type: string): string => {
  const taskRunId = event?.activityTaskScheduledEventAttributes?.activityId;
  if (taskRunId) return `the start of the task run '${taskRunId}'`;
  const child = event?.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
  if (child) return `the call of a flow ('${child}')`;
  return event?.timerStartedEventAttributes ? 'the start of a wait' : `an event ${type}`;
};

/** The message inside what the core prints of its failure. */
const messageIn = (told: string): string =>
  /Nondeterminism error: (.*?)", source: "/s.exec(told)?.[1] ?? /message: "(.*?)", source: "/s.exec(told)?.[1] ?? told;

export const firstMismatch = (told: string, events: readonly HistoryEvent[]): Mismatch => {
  const message = messageIn(told);
  const ids = /^Activity id of scheduled event '(.*)' does not match activity id of activity command '(.*)'/.exec(
    message,
  );
  if (ids) {
    const event = events.find((one) => one.activityTaskScheduledEventAttributes?.activityId === ids[1]);
    const at = event === undefined ? {} : { eventId: Number(event.eventId) };
    return { says: `the history has the start of the task run '${ids[1]}' where the code starts '${ids[2]}'`, ...at };
  }
  const unhandled =
    /^(.+?) machine does not handle this event: HistoryEvent(?:\(id: (\d+), (\w+)\)| \{ event_id: (\d+),.*?event_type: (\w+))/s.exec(
      message,
    );
  const doing = doings[unhandled?.[1] ?? ''];
  if (unhandled === null || doing === undefined) return { says: message };
  const eventId = Number(unhandled[2] ?? unhandled[4]);
  const event = events.find((one) => Number(one.eventId) === eventId);
  const type = unhandled[3] ?? unhandled[5] ?? '';
  return { says: `at event ${eventId} the history has ${eventWords(event, type)}, where the code ${doing}`, eventId };
};
