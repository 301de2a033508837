// inspectview.ts: one desk seen close, from the notes of who sits there.

import type { Runtime } from '../cluster/container-runtime/state.ts'
import { letterOf, nameOf } from '../company/cast.ts'
import type { Note } from '../kernel/machine.ts'
import { objectsUnder, podsOf, revisionOf } from './facts.ts'
import { type Run, worldOf } from './run.ts'
import type { InspectSection, InspectView, Words } from './view.ts'

const two = (company: string, kubernetes = company): Words => ({ company, kubernetes })

/** Rows that a section shows. */
const ROWS_MAX = 12

/** Desks that can be looked at, by number: those of the level, or the office and the foremen. */
export function othersOf(run: Run): InspectView['others'] {
  const { people } = run.level
  const desks = people.length > 0 ? people : [...worldOf(run).actors.keys()].filter(a => /^(kube-(?!proxy)|etcd|cloud-controller|kubelet\/)/.test(a))
  return desks.slice(0, 9).map((actor, i) => ({ actor, name: nameOf(actor), key: String(i + 1) }))
}

export function inspectOf(run: Run, actor: string): Pick<InspectView, 'headline' | 'sections'> {
  const world = worldOf(run)
  const machine = actor.split('/')[0]
  const notes = world.notes.filter(n => n.actor === actor && (run.level.tasks.length > 0 || n.at >= run.opened))
  if (machine === 'kube-scheduler') {
    const scored = notes.findLast(n => n.kind === 'Scored')
    const filtered = notes.findLast(n => n.kind === 'Filtered')
    if (filtered === undefined) return { headline: two('no slip on the desk', 'activeQ is empty'), sections: [] }
    return {
      headline: two(`one slip: ${filtered.data.pod.split('/')[1]}`, `pod ${filtered.data.pod}`),
      sections: [filterSection(filtered.data), ...(scored === undefined ? [] : [scoreSection(scored.data)])],
    }
  }
  if (machine === 'etcd') {
    const pods = objectsUnder(world, '/registry/pods/default/')
    return {
      headline: two(`${revisionOf(world)} pages written, every one kept`, `revision ${revisionOf(world)}`),
      sections: [
        {
          title: two('slips', 'pods'),
          heading: ['key', 'revision', 'node'],
          rows: pods.slice(-ROWS_MAX).map(p => ({ cells: [p.metadata.name, p.metadata.resourceVersion, p.spec.nodeName ?? '_'] })),
        },
      ],
    }
  }
  if (machine === 'kube-apiserver') {
    const last = notes.findLast(n => n.kind === 'Request' && !['leases', 'events'].includes(n.data.resource))
    const stations = last === undefined ? [] : notes.filter(n => n.kind === 'Station' && n.data.request === last.data.request)
    return {
      headline:
        last === undefined
          ? two('nobody at the hatch', 'no request yet')
          : two(
              `the last slip: ${last.data.verb} ${last.data.resource} ${last.data.name}, ${last.data.code}`,
              `${last.data.verb} ${last.data.resource}/${last.data.name}: ${last.data.code}`,
            ),
      sections: [
        {
          title: two('STATIONS'),
          heading: ['', '', ''],
          rows: stations.map(n => ({
            cells: [
              n.data.station,
              n.data.verdict === 'refused' ? '✗' : '✓',
              n.data.why ??
                (n.data.changes ?? [])
                  .map((c: any) => c.by)
                  .filter((b: string, i: number, all: string[]) => all.indexOf(b) === i)
                  .join(', '),
            ],
            ...(n.data.verdict === 'refused' ? { mark: 'no' as const } : {}),
          })),
        },
      ],
    }
  }
  if (machine === 'kubelet') {
    const node = actor.split('/')[1]!
    const mine = podsOf(world).filter(p => p.node === node)
    return {
      headline: two(`${mine.length} slips that say ${letterOf(node)}`, `${mine.length} pods with spec.nodeName ${node}`),
      sections: [
        {
          title: two('slips', 'pods'),
          heading: ['name', 'phase', 'ready'],
          rows: mine.slice(0, ROWS_MAX).map(p => ({ cells: [p.name, p.phase, p.ready ? '✓' : '✗'] })),
        },
      ],
    }
  }
  if (machine === 'container-runtime') return floorOf(world.actors.get(actor)?.state)
  if (machine === 'kube-proxy') return linesOf(notes)
  return {
    headline: two(`${notes.length} decisions so far`),
    sections: [
      { title: two('DECISIONS'), heading: ['at', 'what'], rows: notes.slice(-ROWS_MAX).map(n => ({ cells: [`${(n.at - run.opened) / 1_000} s`, n.kind] })) },
    ],
  }
}

/** The machines of a factory, and the blueprints on its shelf. */
function floorOf(state: Partial<Runtime> | undefined): Pick<InspectView, 'headline' | 'sections'> {
  const containers = [...(state?.durable?.containers.values() ?? [])]
  const images = [...(state?.durable?.images.keys() ?? [])]
  return {
    headline: two(`machines on the floor: ${containers.length}`, `containers: ${containers.length}`),
    sections: [
      {
        title: two('machines', 'containers'),
        heading: ['slip', 'machine', 'state'],
        rows: containers.slice(0, ROWS_MAX).map(c => ({ cells: [c.pod.name, c.config.name, c.state.toLowerCase()] })),
      },
      { title: two('blueprints on the shelf', 'images'), rows: images.slice(0, ROWS_MAX).map(image => ({ cells: [image] })) },
    ],
  }
}

/** The rules that the switchboard was given last. */
function linesOf(notes: readonly Note[]): Pick<InspectView, 'headline' | 'sections'> {
  const written = notes.filter(n => n.kind === 'RulesWritten')
  const last = new Map(written.flatMap(n => n.data.services.map((s: any) => [s.service, s] as const)))
  return {
    headline: two(`the rules were written ${written.length} times`, `${written.length} syncs of the rules`),
    sections: [
      {
        title: two('LINES', 'rules'),
        heading: ['line', 'ports', 'ends'],
        rows: [...last.values()].slice(0, ROWS_MAX).map((s: any) => ({ cells: [s.service, String(s.ports), String(s.endpoints)] })),
      },
    ],
  }
}

function filterSection(d: any): InspectSection {
  const refused = Object.entries(d.verdicts ?? {}).map(([node, v]: [string, any]) => ({
    cells: [letterOf(node), '✗', String(v?.reasons?.join(', ') ?? v?.reason ?? v?.message ?? v), String(v?.plugin ?? '')],
    mark: 'no' as const,
  }))
  return {
    title: two('CANNOT', 'Filter'),
    heading: ['', '', 'verdict', 'who says so'],
    rows: [...refused, ...(d.feasible ?? []).map((node: string) => ({ cells: [letterOf(node), '✓', 'can take it', ''] }))].slice(0, ROWS_MAX),
  }
}

function scoreSection(d: any): InspectSection {
  const nodes = Object.keys(d.scores ?? {})
  const plugins = [...new Set(nodes.flatMap(n => Object.keys(d.scores[n])))].filter(p => nodes.some(n => d.scores[n][p].weighted > 0))
  return {
    title: two('SHOULD', 'Score'),
    heading: ['', ...nodes.map(letterOf)],
    rows: [
      ...plugins.map(p => ({ cells: [p, ...nodes.map(n => String(d.scores[n][p].weighted))] })),
      { cells: ['total', ...nodes.map(n => String(d.final?.[n] ?? ''))], mark: 'chosen' as const },
      ...(d.node === undefined ? [] : [{ cells: [`${letterOf(d.node)}. Written once, as a binding.`] }]),
    ],
  }
}
