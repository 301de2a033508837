// help.ts: what --help prints.

export const HELP = `k8s-factory: run the ABC company, see how Kubernetes works.

  k8s-factory                            go on where you left, or with the next unsolved level
  k8s-factory play [LEVEL] [-f PATH]     play a level, or the levels of a folder or file
  k8s-factory quiz [CHAPTER|LEVEL] [-f PATH] [--json]
                                         the questions alone
  k8s-factory levels [--json] [-f PATH]  all levels, and how far you are
  k8s-factory sandbox [-f FILE]          an empty company, and what the files order
  k8s-factory check [LEVEL] LOG [--json] [-f PATH]
                                         play a command log, or a script for LEVEL, and say which goals it meets
  k8s-factory author new PATH            begin a level of your own
  k8s-factory author check PATH          prove that levels can be solved, and only by solving them
  k8s-factory serve [--port N] [--kubeconfig FILE] [--speed X|max] [--no-ui] [-f FILE]
                                         a cluster of its own for your kubectl, on this machine only
  k8s-factory doctor                     what this terminal can do, and where your results lie
  k8s-factory --version, --help

  --plain        one event a line: for screen readers, scripts and small windows
  --no-motion    nothing moves by itself
  --ascii        no character beyond ASCII is drawn
  --print-frame  print the first picture and leave
  --seed N       another world: other names, other ties

Ends with 0: all is well. 1: not solved. 2: usage. 65: bad input. 70: our mistake.
73: cannot write. 129, 130, 143: ended by a signal.
`
