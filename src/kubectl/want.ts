// want.ts: what a kubectl command wants next, and what whoever drives it answers.
// Models nothing of kubectl: it is the seam between the command line and the world it runs in
// Differs: nothing known

import type { ApiRequest, ApiResponse } from '../api/http.ts'
import type { Status } from '../api/status.ts'

/**
 * One wish. The driver answers with `next(answer)`:
 * - `request` → ApiResponse or Unreachable. A body that is no JSON is text.
 * - `watch` → Opened or Unreachable. The request is a GET with watch=true in its query; the driver adds what its wire needs.
 * - `stream` → Opened or Unreachable: `logs -f` (GET …/log?follow=true), `exec` and `attach` (POST …/exec?command=…).
 * - `next` → Next: the next item of an open watch or stream; without `ms` it waits until there is one.
 * - `close` → nothing. Closing what is closed is allowed.
 * - `pause` → nothing, after `ms` simulated milliseconds.
 * - `now` → number, simulated milliseconds as in `api/time.ts`.
 * - `print` → nothing. Text comes with its newlines.
 * - `read` → string, or undefined where there is no such file; '-' is standard input.
 * - `write` → true, or false where it cannot be written.
 * - `list` → names in a folder in order of code units, or undefined where the path is no folder.
 * - `edit` → the text as the editor left it, or undefined where there is no editor.
 * - `together` → what each part returned, in their order, when the last has ended. Each part goes on as its own wishes are answered. One that
 *   throws ends the others, and what it threw is thrown to the command.
 * A driver that stops a command (Ctrl-C) calls `return(130)` on the generator; open watches are its own to close.
 */
export type Want =
  | { want: 'request'; request: ApiRequest }
  | { want: 'watch'; request: ApiRequest }
  | { want: 'stream'; request: ApiRequest }
  | { want: 'next'; watch: number; ms?: number }
  | { want: 'close'; watch: number }
  | { want: 'pause'; ms: number }
  | { want: 'now' }
  | { want: 'print'; to: 'out' | 'err'; text: string }
  | { want: 'read'; path: string }
  | { want: 'write'; path: string; text: string }
  | { want: 'list'; path: string }
  | { want: 'edit'; text: string }
  | { want: 'together'; parts: Steps<unknown>[] }

/** No answer at all. `refused`: nobody listens there; `lost`: the connection broke; `timeout`: it took longer than --request-timeout. */
export interface Unreachable {
  error: 'refused' | 'lost' | 'timeout'
}

/** `watch` names it in `next` and `close`. With a status of 300 or more nothing was opened, and `body` says why. */
export interface Opened extends ApiResponse {
  watch: number
}

/** One item: a watch's line, a piece of a stream's text, its end (with the Status of `exec`), or that `ms` passed without one. */
export type Next =
  | { event: { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: any } }
  | { text: string; to?: 'out' | 'err' }
  | { closed: true; status?: Status }
  | { timeout: true }

/** A part of a command: yields wishes, returns T. */
export type Steps<T> = Generator<Want, T, any>

/** What a command finds around it. */
export interface KubectlEnv {
  /** `https://127.0.0.1:6443`, as messages show it. */
  server: string
  token?: string
  /** The namespace where none is given: `default` if left out. */
  namespace?: string
  /** Environment variables that kubectl reads: EDITOR, KUBE_EDITOR, KUBECTL_EXTERNAL_DIFF, HOME. */
  variables?: Record<string, string>
  /** Path of a kubeconfig to `read` and `write`. Where it is left out or absent, server, token and namespace stand for it. */
  kubeconfig?: string
}
