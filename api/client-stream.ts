export interface StreamMessage {
  readonly id: string;
  readonly data: string;
}

export interface StreamProps {
  readonly token: string;
  /** Messages after this one. */
  readonly lastEventId: string;
  readonly signal: AbortSignal;
}

/** The messages of a stream of server-sent events; ends when the server ends it, the line breaks or `signal` says so. */
export async function* readEventStream(url: URL, props: StreamProps): AsyncGenerator<StreamMessage> {
  const { token, lastEventId, signal } = props;
  let rest = '';
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'last-event-id': lastEventId,
      },
      signal,
    });
    if (!response.ok || response.body === null) throw new Error(`${response.status} from ${url.pathname}`);
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const message = parseBlock(block);
        if (message !== null) yield message;
      }
    }
  } catch (error) {
    if (signal.aborted || (error instanceof TypeError && error.message === 'terminated')) return;
    throw error;
  }
}

/** A message with an id; comments and the end mark have none. */
function parseBlock(block: string): StreamMessage | null {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  const id = fields.get('id');
  const data = fields.get('data');
  return id === undefined || data === undefined ? null : { id, data };
}
