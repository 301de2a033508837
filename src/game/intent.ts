// intent.ts: everything that a player can do, as data. Keys, typed verbs, scripts and command logs all become these.

import type { ActorName } from './view.ts'

export type Intent =
  // time
  /** The next beat; on a reveal, goes on; while stations are walked one by one, the next station. */
  | { do: 'Beat' }
  /** Up to the next visible event of the level: its next question, a goal met, or a beat of somebody new. */
  | { do: 'NextEvent' }
  | { do: 'Play' }
  | { do: 'Pause' }
  /** Simulated seconds a real second: 1, 2, 4, 8, 30. */
  | { do: 'Speed'; speed: number }
  /** Real milliseconds passed while playing; the ui's one clock sends it. */
  | { do: 'Tick'; ms: number }
  | { do: 'Rewind' }
  | { do: 'Forward' }
  /** Turns back to a beat by number (journal, incident report). */
  | { do: 'ToBeat'; beat: number }
  /** Tries it beside: a copy of the world that goes its own way; the same intent comes back from it. */
  | { do: 'Fork' }
  // the level
  /** Hands the prepared slip to the hatch; runs the command that the level put on the desk. */
  | { do: 'HandOver' }
  | { do: 'Bet'; option: number }
  | { do: 'Confidence'; sure: 0 | 1 | 2 }
  /** Enter: whatever the ► line says. */
  | { do: 'GoOn' }
  | { do: 'Hint' }
  /** Runs the command of the hint that is shown. */
  | { do: 'TakeHint' }
  | { do: 'Inspect'; actor?: ActorName }
  | { do: 'Close' }
  /** A verb of the jacket that is worn: `accept`, `take tea`, `give 3 collin`, `be kube-scheduler`. Typed or by key. */
  | { do: 'Verb'; line: string }
  /** Marks a line of the transcript, or takes the mark away. */
  | { do: 'Flag'; line: number }
  | { do: 'Again' }
  /** From an incident report back to the beat where it began. */
  | { do: 'BackToBeat' }
  | { do: 'WatchAgain' }
  // the prompt
  | { do: 'Command'; line: string }
  | { do: 'Interrupt' }
  /** The editor gives back its text; undefined: left unchanged. */
  | { do: 'Edited'; text?: string }
  /** One line of a text, where there is no editor: a single `.` ends it; only that leaves the text as it was. */
  | { do: 'Write'; line: string }
  /** Tab: how could this go on, which is typed so far? The view's prompt says it. */
  | { do: 'Complete'; line: string }
  // quizzes
  /** Option by number from 0; in `order` the next step, in `match` the right side for the current left one; again takes it back. */
  | { do: 'Answer'; option: number }
  | { do: 'Submit' }
  | { do: 'Quiz' }
  // screens
  | { do: 'Name'; name: string }
  | { do: 'Title' }
  | { do: 'Levels' }
  | { do: 'Select'; move: 'up' | 'down' | 'left' | 'right' }
  | { do: 'Open'; level?: string }
