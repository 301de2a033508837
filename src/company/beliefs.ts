// beliefs.ts: what people believe of Kubernetes that is not so, by code; wrong answers say which of them they betray.

/** Those that the levels meet. */
export const BELIEFS: Record<string, string> = {
  M01: 'the controllers tell the scheduler what to do',
  M02: 'somebody hands the work to the factory',
  M03: 'everybody may open the vault',
  M04: 'the planner moves what runs already',
  M05: 'the planner notices when a factory is dead',
  M06: 'a slip and a machine are the same thing',
  M07: 'an order as a whole is placed, or the planner makes its slips',
  M08: 'the hatch delivers what it files',
  M09: 'what runs in a factory hangs on the word of the office',
  M10: 'without the office everything stops at once',
  M22: 'the planner looks at what is busy now, not at what was asked for',
  M23: 'permission to stand somewhere is a wish to stand there',
  M24: 'closing a factory, or hanging a sign on its door, sends away what runs there',
  M27: 'the same piece of work is moved to another factory',
  M32: 'a slip that waits was refused, or the hatch knows the factories',
  M33: 'whatever does not run has the same fault, and starting anew mends it',
  M36: 'what is asked for is a cap, and the limit is a reservation',
  M41: 'all refusals mean the same',
  M45: 'the company builds and keeps the blueprints itself',
  M46: 'what an order made can be changed by hand, and stays so',
  M50: 'logs lie in the vault, and kubectl fetches them from the factories',
  M51: 'every slip passes the planner',
}
