// workloads.ts: deployments, jobs and cronjobs from a command line.
// Models k8s.io/kubectl/pkg/cmd/create/create_{deployment,job,cronjob}.go
// Differs: nothing known

import { ALPHABET } from '../../api/hash.ts'
import { visit } from '../builder.ts'
import { fail, failAll } from '../fail.ts'
import { changed, int, list, text } from '../flags.ts'
import type { Kit } from '../kit.ts'
import type { Steps } from '../want.ts'
import { made, nameOfNew } from './create.ts'

/** The name that a container gets from its image; where a sign had to be replaced, with an end of its own. */
function* containerName(image: string): Steps<string> {
  const last = image.split('/').pop()!
  const name = last.split(':')[0]!.split('@')[0]!
  if (!/[_.]/.test(name)) return name
  const now: number = yield { want: 'now' }
  let sum = now % 14_348_907 // 27 to the power of 5
  let end = ''
  for (let i = 0; i < 5; i++) {
    end += ALPHABET[sum % ALPHABET.length]
    sum = Math.floor(sum / ALPHABET.length)
  }
  return `${name.replace(/[_.]/g, '-')}-${end}`
}

export function* deployment(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const images = list(kit.flags, 'image')
  const command = kit.flags.args.slice(1)
  if (images.length > 1 && command.length > 0) fail('cannot specify multiple --image options and command')
  const labels = { app: name }
  const port = int(kit.flags, 'port')
  const names: string[] = []
  for (const image of images) names.push(yield* containerName(image))
  const containers = images.map((image, i) => ({
    image,
    name: names[i]!,
    ...(command.length > 0 ? { command } : {}),
    ...(port > 0 && i === 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }))
  yield* made(
    kit,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: { replicas: int(kit.flags, 'replicas'), selector: { matchLabels: labels }, strategy: {}, template: { metadata: { labels }, spec: { containers } } },
      status: {},
    },
    'deployment',
  )
}

export function* job(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const from = text(kit.flags, 'from')
  const image = text(kit.flags, 'image')
  const command = kit.flags.args.slice(1)
  if ((from === '') === (image === '')) fail('either --image or --from must be specified')
  if (from !== '' && command.length > 0) fail('cannot specify --from and command')
  if (from !== '') {
    const { infos, failures } = yield* visit(kit, { args: [from], all: false })
    failAll(failures)
    const [info] = infos
    if (info?.type.kind !== 'CronJob') return fail(`unknown object type *v1.${info?.type.kind}`)
    const cron: any = info.object
    const { metadata = {}, spec } = cron.spec.jobTemplate
    const annotations = { ...metadata.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' }
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }]
    yield* made(
      kit,
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, annotations, labels: metadata.labels, ownerReferences }, spec, status: {} },
      'job',
    )
    return
  }
  yield* made(kit, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: podOf(name, image, command, 'Never') }, status: {} }, 'job')
}

const podOf = (name: string, image: string, command: string[], restartPolicy: string) => ({
  metadata: {},
  spec: { containers: [{ ...(command.length > 0 ? { command } : {}), image, name, resources: {} }], restartPolicy },
})

export function* cronjob(kit: Kit): Steps<void> {
  const name = nameOfNew(kit)
  const image = text(kit.flags, 'image')
  const schedule = text(kit.flags, 'schedule')
  const restart = changed(kit.flags, 'restart') && text(kit.flags, 'restart') !== '' ? text(kit.flags, 'restart') : 'OnFailure'
  const template = podOf(name, image, kit.flags.args.slice(1), restart)
  yield* made(
    kit,
    { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule, jobTemplate: { metadata: { name }, spec: { template } } }, status: {} },
    'cronjob',
  )
}
