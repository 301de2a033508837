// certificate.ts: an authority and a certificate for loopback, made at the start and kept nowhere: X.509 v3 with P-256 keys.

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const DAYS = 30
const SLACK_MS = 3_600_000 // Valid since so long ago, for clocks that go slow.
const ECDSA_SHA256 = '1.2.840.10045.4.3.2'

export interface Identity {
  /** PEM of the authority that a client should trust. */
  authority: string
  certificate: string
  key: string
}

/** For localhost, 127.0.0.1 and ::1. The authority's key is forgotten as soon as it has signed. */
export function newIdentity(now: number): Identity {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = name('k8s-factory')
  const key = authority.privateKey
  const root = certificate({ subject: issuer, issuer, key: authority.publicKey, now, extensions: [isAuthority, usage(0x06, 1)] }, key)
  const signed = certificate(
    { subject: name('localhost'), issuer, key: leaf.publicKey, now, extensions: [isNoAuthority, usage(0x80, 7), forServers, loopback] },
    key,
  )
  return { authority: pem(root), certificate: pem(signed), key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

interface Content {
  subject: Buffer
  issuer: Buffer
  key: KeyObject
  now: number
  extensions: Buffer[]
}

function certificate({ subject, issuer, key, now, extensions }: Content, signer: KeyObject): Buffer {
  const algorithm = sequence(oid(ECDSA_SHA256))
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial()),
    algorithm,
    issuer,
    sequence(time(now - SLACK_MS), time(now + DAYS * 86_400_000)),
    subject,
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return sequence(content, algorithm, bits(sign('sha256', content, signer)))
}

/** Positive, and without a leading zero. */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

// ---- extensions

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
const usage = (flags: number, unused: number): Buffer => extension('2.5.29.15', true, der(0x03, Buffer.from([unused, flags])))

// ---- distinguished encoding rules

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const n of rest) {
    const seven = [n & 0x7f]
    for (let high = n >> 7; high > 0; high >>= 7) seven.unshift((high & 0x7f) | 0x80)
    bytes.push(...seven)
  }
  return der(0x06, Buffer.from(bytes))
}

function bits(value: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), value)
}

function name(common: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(common)))))
}

/** GeneralizedTime: the year 2050 is as good as any other. */
function time(ms: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
}

const isAuthority = extension('2.5.29.19', true, sequence(der(0x01, Buffer.from([0xff]))))
const isNoAuthority = extension('2.5.29.19', true, sequence())
const forServers = extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1')))
const loopback = extension(
  '2.5.29.17',
  false,
  sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]))),
)

const pem = (bytes: Buffer): string => `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
