export type OutboundReason =
  'bad_url' | 'forbidden_address' | 'redirected' | 'timeout' | 'too_large' | 'unreachable' | 'aborted';

/** Why a call to outside brought no answer; the message is fit for whoever chose the address. */
export class OutboundFault extends Error {
  constructor(
    readonly reason: OutboundReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'OutboundFault';
  }
}
