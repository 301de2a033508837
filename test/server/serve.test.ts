// serve.test.ts: the command: what it prints, what it writes, and what it leaves alone.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { EPOCH_MS } from '../../src/api/time.ts'
import { openCluster } from '../../src/cli/serve.ts'
import { removeKubeconfig, writeKubeconfig } from '../../src/server/kubeconfig.ts'

const dir = mkdtempSync(join(tmpdir(), 'serve-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const entry = { port: 6443, authority: 'A', token: 't' }

describe('the kubeconfig', () => {
  test('is for its owner alone, and goes when the server ends', () => {
    const file = join(dir, 'own', 'config')
    expect(writeKubeconfig(file, entry)).toBe(true)
    expect([statSync(file).mode & 0o777, statSync(join(dir, 'own')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(writeKubeconfig(file, { ...entry, port: 6444 })).toBe(true)
    removeKubeconfig(file, entry)
    expect(existsSync(file)).toBe(true)
    removeKubeconfig(file, { ...entry, port: 6444 })
    expect(existsSync(file)).toBe(false)
  })
  test('of anybody else stays as it is', () => {
    const file = join(dir, 'theirs')
    writeFileSync(file, 'apiVersion: v1\n')
    expect(writeKubeconfig(file, entry)).toBe(false)
    expect(readFileSync(file, 'utf8')).toBe('apiVersion: v1\n')
  })
})

test('what the files order is there when the server is', async () => {
  const opened = await openCluster({ port: 0, speed: 1, seed: 1, files: { 'tea.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tea}\n' } })
  expect(opened.world.actors.get('kube-apiserver')!.state.caches.configmaps.objects.has('default/tea')).toBe(true)
  await opened.close()
})

test('files that cannot be ordered are told as kubectl tells it', async () => {
  const files = { 'tea.yaml': 'apiVersion: v1\nkind: Tea\nmetadata: {name: tea}\n' }
  await expect(openCluster({ port: 0, speed: 1, seed: 1, files })).rejects.toThrow(/no matches for kind "Tea" in version "v1"/)
})

test('the cluster has the time of the wall, though none before its own beginning', async () => {
  const before = Math.max(Date.now(), EPOCH_MS)
  const opened = await openCluster({ port: 0, speed: 1, seed: 1 })
  const made = Date.parse([...opened.world.actors.get('kube-apiserver')!.state.caches.nodes.objects.values()][0].metadata.creationTimestamp)
  expect(Math.abs(made - before)).toBeLessThan(10_000)
  await opened.close()
})

test('the command prints the line to export, serves, and takes everything away at the end', async () => {
  const file = join(dir, 'kubeconfig')
  const main = join(import.meta.dirname, '../../src/main.tsx')
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'serve', '--no-ui', '--kubeconfig', file], { cwd: join(import.meta.dirname, '../..') })
  const ended = new Promise<number | null>(done => child.on('close', code => done(code)))
  const line = await new Promise<string>(done => child.stdout.setEncoding('utf8').once('data', done))
  expect(line).toBe(`export KUBECONFIG=${file}\n`)
  const config = readFileSync(file, 'utf8')
  const server = /server: (.*)/.exec(config)![1]!
  const ca = Buffer.from(/certificate-authority-data: (.*)/.exec(config)![1]!, 'base64')
  const headers = { authorization: `Bearer ${/token: (.*)/.exec(config)![1]}` }
  const status = await new Promise(done => https.get(`${server}/api/v1/nodes`, { ca, headers }, response => done(response.resume().statusCode)))
  expect(status).toBe(200)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(existsSync(file)).toBe(false)
})
