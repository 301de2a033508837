// edit.test.ts: `kubectl edit` and its kin: what is opened, what is sent, what opens again and why. The texts are those of kubectl v1.37.2.

import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/api/http.ts'
import { kubectl } from '../../src/kubectl/kubectl.ts'

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'u1', managedFields: [{ manager: 'x' }] },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [{ name: 'c', image: 'nginx:1' }] } } },
}

const HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

interface Around {
  /** What each opening of the editor makes of its text; after the last, texts are left as they are. */
  hands?: ((text: string) => string)[]
  answer?: (request: ApiRequest) => { status: number; body: any } | { error: 'refused' | 'lost' | 'timeout' }
  files?: Record<string, string>
}

function run(line: string, around: Around = {}) {
  const files = { ...around.files }
  const hands = [...(around.hands ?? [])]
  const requests: ApiRequest[] = []
  const opened: string[] = []
  const steps = kubectl(line.split(' '), { server: 'https://10.0.0.1:6443', token: 't' })
  let out = ''
  let err = ''
  let value: unknown
  for (;;) {
    const step = steps.next(value)
    if (step.done) return { out, err, status: step.value, requests, files, opened }
    const want = step.value
    value = undefined
    if (want.want === 'print') {
      if (want.to === 'out') out += want.text
      else err += want.text
    } else if (want.want === 'read') value = files[want.path]
    else if (want.want === 'write') {
      files[want.path] = want.text
      value = true
    } else if (want.want === 'edit') {
      opened.push(want.text)
      value = (hands.shift() ?? (text => text))(want.text)
    } else if (want.want === 'request') {
      requests.push(want.request)
      const answered = around.answer?.(want.request) ?? { status: 200, body: want.request.method === 'GET' ? web : { ...web, ...(want.request.body as any) } }
      value = 'error' in answered ? answered : { headers: {}, ...answered }
    }
  }
}

const refusal = (reason: string, code: number, message: string, causes: any[] = []) => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, details: { causes } },
})

const patchRefused =
  (reason: string, code: number, message: string, causes: any[] = []) =>
  (request: ApiRequest) =>
    request.method === 'GET' ? { status: 200, body: web } : refusal(reason, code, message, causes)

const replicas = (n: number) => (text: string) => text.replace(/replicas: \S+/, `replicas: ${n}`)

describe('an object in the editor', () => {
  test('opens as YAML below a comment, without managed fields, and only what was changed is sent', () => {
    const { opened, requests, out, status } = run('edit deployment web', { hands: [replicas(5)] })
    expect(opened[0]!.startsWith(`${HEAD}apiVersion: apps/v1\nkind: Deployment\n`)).toBe(true)
    expect(opened[0]).not.toContain('managedFields')
    expect(requests.at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/default/deployments/web',
      query: { fieldManager: 'kubectl-edit', fieldValidation: 'Strict' },
      body: { spec: { replicas: 5 } },
    })
    expect({ out, status }).toEqual({ out: 'deployment.apps/web edited\n', status: 0 })
  })

  test.each<[string, (text: string) => string]>([
    ['nothing', text => text],
    ['a comment', text => `# mine\n${text}`],
    ['the layout', text => text.replace('replicas: 2', 'replicas:   2')],
  ])('changing %s changes nothing', (_, hand) => {
    const { err, requests, status } = run('edit deployment web', { hands: [hand] })
    expect(err).toBe('Edit cancelled, no changes made.\n')
    expect(requests.map(r => r.method)).toEqual(['GET'])
    expect(status).toBe(0)
  })

  test('what is no YAML opens again, with the reason on top and all that was typed below', () => {
    const { opened, err, out } = run('edit deployment web', {
      hands: [text => text.replace('spec:\n', 'spec\n'), text => text.replace('spec\n', 'spec:\n').replace('replicas: 2', 'replicas: 3')],
    })
    expect(err).toBe('error: deployments.apps "web" is invalid\n')
    expect(opened[1]!.startsWith(`${HEAD}# deployments.apps "web" was not valid:\n# * <nil>: Invalid value: "The edited file failed validation": yaml: `)).toBe(
      true,
    )
    expect(opened[1]).toMatch(/\n#\napiVersion: apps\/v1\n[^#]*\nspec\n/)
    expect(out).toBe('deployment.apps/web edited\n')
  })

  test('what the server finds invalid opens again, with its causes', () => {
    const answer = patchRefused('Invalid', 422, 'Deployment.apps "web" is invalid', [
      { field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' },
    ])
    const { opened, err, status, files } = run('edit deployment web', { hands: [replicas(-1)], answer })
    expect(
      opened[1]!.startsWith(
        `${HEAD}# deployments.apps "web" was not valid:\n# * spec.replicas: Invalid value: -1: must be greater than or equal to 0\n#\napiVersion`,
      ),
    ).toBe(true)
    expect(err).toBe(
      'error: deployments.apps "web" is invalid\nA copy of your changes has been stored to "/tmp/kubectl-edit-1.yaml"\nerror: Edit cancelled, no valid changes were saved.\n',
    )
    expect(files['/tmp/kubectl-edit-1.yaml']).toContain('replicas: -1')
    expect(status).toBe(1)
  })

  test('a kind that nobody knows is a syntax error, and opens again in silence', () => {
    const unknown = (request: ApiRequest) =>
      request.path.startsWith('/api') && /^\/apis?$/.test(request.path) ? { status: 200, body: { items: [] } } : { status: 200, body: web }
    const { opened, err } = run('edit deployment web', { hands: [text => text.replace('kind: Deployment', 'kind: Depoyment')], answer: unknown })
    expect(opened[1]).toContain(
      '# The edited file had a syntax error: resource mapping not found for name: "web" namespace: "default" from "edited-file": no matches for kind "Depoyment" in version "apps/v1"\n# ensure CRDs are installed first\n#\n',
    )
    expect(err).toContain('error: Edit cancelled, no valid changes were saved.\n')
  })

  test('an emptied file fails validation first', () => {
    const { opened } = run('edit deployment web', { hands: [() => ''] })
    expect(opened[1]).toBe(
      `${HEAD}# deployments.apps "web" was not valid:\n# * <nil>: Invalid value: "The edited file failed validation": invalid object to validate\n#\n`,
    )
    expect(run('edit deployment web --validate=false', { hands: [() => ''] }).err).toBe('Edit cancelled, saved file was empty.\n')
  })

  test('a conflict is kept as a file to be tried again', () => {
    const { err, files, status } = run('edit deployment web', {
      hands: [replicas(5)],
      answer: patchRefused('Conflict', 409, 'the object has been modified'),
      files: { '/tmp/kubectl-edit-1.yaml': 'mine' },
    })
    expect(err).toBe(
      'error: deployments.apps "web" could not be patched: the object has been modified\nYou can run `kubectl replace -f /tmp/kubectl-edit-2.yaml` to try this update again.\n',
    )
    expect(files['/tmp/kubectl-edit-2.yaml']).toContain('replicas: 5')
    expect(status).toBe(1)
  })

  test('an object that is gone by now is said to be gone', () => {
    const { err, status } = run('edit deployment web', { hands: [replicas(5)], answer: patchRefused('NotFound', 404, 'gone') })
    expect(err).toBe(
      'error: deployments.apps "web" could not be found on the server\nThe edits you made on deleted resources have been saved to "/tmp/kubectl-edit-1.yaml"\n',
    )
    expect(status).toBe(1)
  })

  test('a server that has gone meanwhile is told as the wire has it', () => {
    const answer = (request: ApiRequest) => (request.method === 'GET' ? { status: 200, body: web } : { error: 'refused' as const })
    expect(run('edit deployment web', { hands: [replicas(5)], answer }).err).toBe(
      'error: deployments.apps "web" could not be patched: Patch "https://10.0.0.1:6443/apis/apps/v1/namespaces/default/deployments/web?fieldManager=kubectl-edit&fieldValidation=Strict": dial tcp 10.0.0.1:6443: connect: connection refused\nYou can run `kubectl replace -f /tmp/kubectl-edit-1.yaml` to try this update again.\n',
    )
  })

  test('its name, and its namespace, cannot be changed', () => {
    expect(run('edit deployment web', { hands: [text => text.replace('name: web\n', 'name: bew\n')] }).err).toBe(
      'A copy of your changes has been stored to "/tmp/kubectl-edit-1.yaml"\nerror: At least one of apiVersion, kind and name was changed\n',
    )
    expect(run('edit deployment web', { hands: [text => text.replace('namespace: default', 'namespace: lab')] }).err).toBe(
      'A copy of your changes has been stored to "/tmp/kubectl-edit-1.yaml"\nerror: the namespace from the provided object "lab" does not match the namespace "default". You must pass \'--namespace=lab\' to perform this operation.\n',
    )
  })

  test('-o json opens JSON, without a comment', () => {
    const { opened } = run('edit deployment web -o json')
    expect(opened[0]!.startsWith('{\n    "apiVersion": "apps/v1",\n')).toBe(true)
  })

  test('--output-patch shows what is sent', () => {
    expect(run('edit deployment web --output-patch', { hands: [replicas(5)] }).out).toBe('Patch: {"spec":{"replicas":5}}\ndeployment.apps/web edited\n')
  })
})

describe('create --edit', () => {
  const files = { 'tea.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: tea}\nspec: {containers: [{name: c, image: "tea:1"}]}\n' }
  const made = (request: ApiRequest) => ({ status: 201, body: request.body })
  test('makes what was edited', () => {
    const { opened, out, requests } = run('create -f tea.yaml --edit', { files, hands: [text => text.replace('tea:1', 'tea:2')], answer: made })
    expect(opened[0]!.startsWith(`${HEAD}apiVersion: v1\nkind: Pod\n`)).toBe(true)
    expect(requests[0]).toMatchObject({ method: 'POST', query: { fieldManager: 'kubectl-create' }, body: { spec: { containers: [{ image: 'tea:2' }] } } })
    expect(out).toBe('pod/tea created\n')
  })
  test('makes nothing where nothing was changed', () => {
    const { err, requests } = run('create -f tea.yaml --edit', { files, answer: made })
    expect(err).toBe('Edit cancelled, no changes made.\n')
    expect(requests).toEqual([])
  })
})

describe('apply edit-last-applied', () => {
  const key = 'kubectl.kubernetes.io/last-applied-configuration'
  const last = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', annotations: {} },
    spec: { type: 'ClusterIP' },
  })
  const answer = (annotations: Record<string, string>) => () => ({
    status: 200,
    body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default', annotations } },
  })
  test('edits the annotation as the object that it is', () => {
    const { opened, requests, out } = run('apply edit-last-applied service web', {
      hands: [text => text.replace('ClusterIP', 'NodePort')],
      answer: answer({ [key]: last }),
    })
    expect(opened[0]!.split('\n').slice(0, 2)).toEqual([
      "# Please edit the 'last-applied-configuration' annotations below.",
      "# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.",
    ])
    expect((requests.at(-1)!.body as any).metadata.annotations[key]).toContain('"type":"NodePort"')
    expect(out).toBe('service/web edited\n')
  })
  test('says where there is none', () => {
    expect(run('apply edit-last-applied service web', { answer: answer({}) }).err).toBe(
      'error: no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`\n',
    )
  })
})
