// commands.ts: which function does which command.
// Models k8s.io/kubectl/pkg/cmd/cmd.go (NewKubectlCommand)
// Differs: certificate, debug, kustomize, proxy and plugins are not there; cp and port-forward only judge their arguments (beyond.ts)

import { apply, setLastApplied, viewLastApplied } from './apply.ts'
import { canI, whoami } from './auth.ts'
import { annotate, label, patch, scale } from './change.ts'
import {
  configView,
  currentContext,
  deleteCluster,
  deleteContext,
  deleteUser,
  getClusters,
  getContexts,
  getUsers,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
  useContext,
} from './config.ts'
import { configmap, dockerSecret, genericSecret, namespace, serviceaccount, tlsSecret, token } from './create/config.ts'
import { create } from './create/create.ts'
import { autoscale, clusterip, expose, externalname, ingress, loadbalancer, nodeport } from './create/network.ts'
import { budget, clusterrole, clusterrolebinding, priorityclass, quota, role, rolebinding } from './create/policy.ts'
import { cronjob, deployment, job } from './create/workloads.ts'
import { remove } from './delete.ts'
import { describe } from './describe/command.ts'
import { drain } from './drain.ts'
import { edit, editLastApplied } from './edit.ts'
import { events } from './events.ts'
import { attach, exec } from './exec.ts'
import { explain } from './explain.ts'
import { get } from './get.ts'
import type { Kit } from './kit.ts'
import { logs } from './logs.ts'
import { cordon, taint, uncordon } from './nodes.ts'
import { diff, replace } from './replace.ts'
import { history, pause, restart, resume, status, undo } from './rollout.ts'
import { run } from './run.ts'
import { apiResources, apiVersions, clusterInfo, topMetrics, version } from './server.ts'
import { setImage, setResources, setSelector, setServiceAccount, setSubject } from './set.ts'
import { setEnv } from './setenv.ts'
import { wait } from './wait.ts'
import type { Steps } from './want.ts'

/** A command ends with its status, or with none for 0; it throws Fail where it goes wrong. */
export type Command = (kit: Kit) => Steps<number | void>

export const COMMANDS: Record<string, Command> = {
  annotate,
  'api-resources': apiResources,
  'api-versions': apiVersions,
  apply,
  'apply edit-last-applied': editLastApplied,
  'apply set-last-applied': setLastApplied,
  'apply view-last-applied': viewLastApplied,
  attach,
  'auth can-i': canI,
  'auth whoami': whoami,
  autoscale,
  'cluster-info': clusterInfo,
  'config current-context': currentContext,
  'config delete-cluster': deleteCluster,
  'config delete-context': deleteContext,
  'config delete-user': deleteUser,
  'config get-clusters': getClusters,
  'config get-contexts': getContexts,
  'config get-users': getUsers,
  'config rename-context': renameContext,
  'config set-cluster': setCluster,
  'config set-context': setContext,
  'config set-credentials': setCredentials,
  'config use-context': useContext,
  'config view': configView,
  cordon,
  create,
  'create clusterrole': clusterrole,
  'create clusterrolebinding': clusterrolebinding,
  'create configmap': configmap,
  'create cronjob': cronjob,
  'create deployment': deployment,
  'create ingress': ingress,
  'create job': job,
  'create namespace': namespace,
  'create poddisruptionbudget': budget,
  'create priorityclass': priorityclass,
  'create quota': quota,
  'create role': role,
  'create rolebinding': rolebinding,
  'create secret docker-registry': dockerSecret,
  'create secret generic': genericSecret,
  'create secret tls': tlsSecret,
  'create service clusterip': clusterip,
  'create service externalname': externalname,
  'create service loadbalancer': loadbalancer,
  'create service nodeport': nodeport,
  'create serviceaccount': serviceaccount,
  'create token': token,
  delete: remove,
  describe,
  diff,
  drain,
  edit,
  events,
  exec,
  explain,
  expose,
  get,
  label,
  logs,
  patch,
  replace,
  'rollout history': history,
  'rollout pause': pause,
  'rollout restart': restart,
  'rollout resume': resume,
  'rollout status': status,
  'rollout undo': undo,
  run,
  scale,
  'set env': setEnv,
  'set image': setImage,
  'set resources': setResources,
  'set selector': setSelector,
  'set serviceaccount': setServiceAccount,
  'set subject': setSubject,
  taint,
  'top node': topMetrics,
  'top pod': topMetrics,
  uncordon,
  version,
  wait,
}
