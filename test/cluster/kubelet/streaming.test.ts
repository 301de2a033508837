import { expect, test } from 'vitest'
import { call, create, erase, newFactory, pod, run, told } from './hatch.ts'

const logs = (world: any, name: string, more: any = {}) => call(world, 'containerLogs', { namespace: 'default', pod: name, container: name, ...more })

test('logs of a container that runs, ran, waits, or is not there', () => {
  const world = newFactory()
  create(world, pod('tea'), 3000)
  expect(logs(world, 'tea')).toEqual({ status: 200, text: 'started tea\n' })
  expect(logs(world, 'tea', { tailLines: 0 })).toEqual({ status: 200, text: '' })
  expect(logs(world, 'tea', { timestamps: true }).text).toMatch(/^2026-11-02T08:00:03\.\d{9}Z started tea\n$/)
  expect(logs(world, 'tea', { previous: true })).toEqual({ status: 400, text: 'previous terminated container "tea" in pod "tea" not found' })
  expect(logs(world, 'ghost')).toEqual({ status: 400, text: 'pod "ghost" cannot be found - no logs available' })
  create(world, pod('once', { restartPolicy: 'Never', containers: [{ image: 'exit-0' }] }), 6000)
  expect(logs(world, 'once').text).toBe('started once\nexit 0\n')
  create(world, pod('stuck', { containers: [{ image: 'fail/x:1' }] }), 2000)
  expect(logs(world, 'stuck')).toEqual({ status: 400, text: 'container "stuck" in pod "stuck" is waiting to start: image can\'t be pulled' })
})

test('the one before last is known by its id only', () => {
  const world = newFactory()
  create(world, pod('crash', { containers: [{ image: 'exit-4' }] }), 6000)
  expect(logs(world, 'crash', { previous: true }).text).toMatch(/^unable to retrieve container logs for containerd:\/\/crash_default_[0-9a-f-]+_0_crash_0$/)
})

test('a followed log tells what comes, and ends with its container', () => {
  const world = newFactory()
  create(world, pod('brief', { restartPolicy: 'Never', containers: [{ image: 'exit-3-after-5' }] }), 3000)
  expect(logs(world, 'brief', { follow: 7 }).text).toBe('started brief\n')
  run(world, 5000)
  expect(told(world)).toEqual(['exit 3\n', 'end of 7'])
  create(world, pod('long'), 3000)
  logs(world, 'long', { follow: 8 })
  call(world, 'logs/stop', { follow: 8 })
  erase(world, 'long', 4000)
  expect(told(world)).toEqual(['exit 3\n', 'end of 7'])
})

test('commands run inside a container', () => {
  const world = newFactory()
  create(world, pod('tea', { containers: [{ env: [{ name: 'SUGAR', value: '2' }] }] }), 3000)
  const exec = (command: string[], name = 'tea') => call(world, 'exec', { namespace: 'default', pod: name, container: 'tea', command })
  expect(exec(['printenv', 'SUGAR'])).toEqual({ status: 200, text: '2\n', exitCode: 0 })
  expect(exec(['false'])).toMatchObject({ status: 200, exitCode: 1 })
  expect(exec(['true'], 'ghost')).toMatchObject({ status: 404, text: 'pod not found ("ghost_default")' })
})
