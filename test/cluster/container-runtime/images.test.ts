import { expect, test } from 'vitest'
import { behaviourOf, normalizedImage, withTag } from '../../../src/cluster/container-runtime/behaviour.ts'
import { run } from '../../../src/cluster/container-runtime/exec.ts'

test('image names are completed as docker does', () => {
  const table: [string, string][] = [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['bitnami/redis:7', 'docker.io/bitnami/redis:7'],
    ['gcr.io/p/i:1', 'gcr.io/p/i:1'],
    ['localhost/app', 'localhost/app:latest'],
    ['host:5000/x', 'host:5000/x:latest'],
    ['index.docker.io/a/b:1', 'docker.io/a/b:1'],
    ['gcr.io/p/i@sha256:ab', 'gcr.io/p/i@sha256:ab'],
  ]
  for (const [written, normalized] of table) expect(normalizedImage(written)).toBe(normalized)
  expect(withTag('oom/exit-137')).toBe('oom/exit-137:latest')
})

test('what an image does stands in its name', () => {
  expect(behaviourOf('nginx:1.27')).toEqual({ stubborn: false, noStart: false })
  expect(behaviourOf('exit-3').exit).toEqual({ code: 3, ms: 1500, oom: false })
  expect(behaviourOf('exit-0-after-4:1').exit).toEqual({ code: 0, ms: 4000, oom: false })
  expect(behaviourOf('oom/exit-137').exit).toMatchObject({ code: 137, oom: true })
  expect(behaviourOf('stubborn:1').stubborn).toBe(true)
  expect(behaviourOf('gcr.io/abc/no-start:1').noStart).toBe(true)
})

test('programs inside a container', () => {
  const at = (seconds: number) => ({ age: seconds * 1000, hostname: 'web-1', env: { A: '1' } })
  expect(run(['after', '6'], at(5))).toMatchObject({ exitCode: 1, output: 'not well\n' })
  expect(run(['after', '6'], at(6)).exitCode).toBe(0)
  expect(run(['until', '6'], at(7)).exitCode).toBe(1)
  expect(run(['sleep', '3'], at(0))).toMatchObject({ exitCode: 0, ms: 3000 })
  expect(run(['hostname'], at(0)).output).toBe('web-1\n')
  expect(run(['sh', '-c', 'echo hi && false && echo no; echo $A'], at(0))).toMatchObject({ exitCode: 0, output: 'hi\nnot well\n1\n' })
})
