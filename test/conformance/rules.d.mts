export function normalise(text: string): string
export function actor(username: string): string
export function detail(verb: string, ref: { resource: string; subresource?: string }, body?: any): Record<string, unknown> | undefined
export function summary(pod: any): Record<string, unknown>
export function compare(rec: any, seen: any): { writes: boolean; events: boolean; runtime: boolean; pods: boolean }
