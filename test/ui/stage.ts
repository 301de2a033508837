// stage.ts: a session that only shows one view after another, and remembers what it was asked to do.

import type { Intent } from '../../src/game/intent.ts'
import type { View } from '../../src/game/view.ts'
import type { Play } from '../../src/ui/app.tsx'

export interface Stage extends Play {
  asked: Intent[]
}

/** Every intent but a tick or a selection turns to the next view; the last one stays. */
export function stage(...views: View[]): Stage {
  const asked: Intent[] = []
  let at = 0
  return {
    asked,
    view: () => views[at]!,
    act: intent => {
      asked.push(intent)
      if (intent.do !== 'Tick' && intent.do !== 'Select') at = Math.min(at + 1, views.length - 1)
    },
  }
}
