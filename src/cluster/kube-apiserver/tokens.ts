// tokens.ts: tokens of service accounts: claims that anybody can read and only the server can sign.
// Models k8s.io/kubernetes/pkg/serviceaccount/{jwt,claims}.go
// Differs: signed with a hash of the server's key, not with RSA

import { decodeBase64, encodeBase64 } from '../../api/base64.ts'
import { fnv32a } from '../../api/hash.ts'
import { unixSeconds } from '../../api/time.ts'

interface Named {
  name: string
  uid: string
}

/** Times are simulated ms; in the token they are seconds of the Unix epoch. */
export interface Claims {
  audiences: string[]
  exp: number
  now: number
  jti: string
  'kubernetes.io': { namespace: string; serviceaccount: Named; pod?: Named; secret?: Named; node?: { name: string; uid?: string } }
}

export const AUDIENCE = 'https://kubernetes.default.svc'

/** Simulated ms of second 0 of the Unix epoch. */
const EPOCH = -unixSeconds(0) * 1000

export function signToken(key: string, claims: Claims): string {
  const payload = {
    aud: claims.audiences,
    exp: unixSeconds(claims.exp),
    iat: unixSeconds(claims.now),
    iss: AUDIENCE,
    jti: claims.jti,
    'kubernetes.io': claims['kubernetes.io'],
    nbf: unixSeconds(claims.now),
    sub: `system:serviceaccount:${claims['kubernetes.io'].namespace}:${claims['kubernetes.io'].serviceaccount.name}`,
  }
  const text = `${part({ alg: 'HS128', kid: fnv32a(0x811c9dc5, key).toString(16) })}.${part(payload)}`
  return `${text}.${signature(key, text)}`
}

/** The claims of a token that this server signed; undefined for any other text. */
export function readToken(key: string, token: string): Claims | undefined {
  const [head, body, sign, ...more] = token.split('.')
  if (head === undefined || body === undefined || more.length > 0 || sign !== signature(key, `${head}.${body}`)) return undefined
  const payload = JSON.parse(decodeBase64(body.replaceAll('-', '+').replaceAll('_', '/')))
  return {
    audiences: payload.aud,
    exp: payload.exp * 1000 + EPOCH,
    now: payload.iat * 1000 + EPOCH,
    jti: payload.jti,
    'kubernetes.io': payload['kubernetes.io'],
  }
}

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const part = (value: unknown): string => urlSafe(encodeBase64(JSON.stringify(value)))

function signature(key: string, text: string): string {
  let out = ''
  for (let round = 0; round < 4; round++)
    out += fnv32a(fnv32a(fnv32a(0x811c9dc5, `${round}${key}`), text), key)
      .toString(16)
      .padStart(8, '0')
  return out
}
