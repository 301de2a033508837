// exit.ts: the numbers that the program ends with, and the one way to end with a message.

export const OK = 0
export const NOT_SOLVED = 1
export const USAGE = 2
export const BAD_INPUT = 65
export const OUR_BUG = 70
export const CANNOT_WRITE = 73

/** 128 and the signal's number, as shells count. */
export const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Ends the program with a code and one line on standard error. */
export class Stop extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export const usage = (message: string): Stop => new Stop(USAGE, `${message}; k8s-factory --help lists the commands`)
