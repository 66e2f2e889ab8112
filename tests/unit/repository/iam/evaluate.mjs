// Asks iam-simulate about many requests in one process. Standard input: {documents: {name: [policy, ...]}, requests:
// [...]}, where requests name their documents. Standard output: one {result, ignored} or {error} for each, in order.
import { readFileSync } from 'node:fs'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const { documents, requests } = JSON.parse(readFileSync(0, 'utf8'))

function named(key) {
  return (documents[key] ?? []).map((policy, number) => ({ name: `${key} ${number}`, policy }))
}

async function answer(asked) {
  const response = await runSimulation(
    {
      request: {
        principal: asked.principal ?? anonymousPrincipal,
        action: asked.action,
        resource: { resource: asked.resource, accountId: asked.account },
        contextVariables: asked.context
      },
      sessionPolicy: asked.session ?? undefined,
      identityPolicies: named(asked.own),
      resourcePolicy: documents[asked.guard]?.[0],
      permissionBoundaryPolicies: asked.boundary ? named(asked.boundary) : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    { simulationMode: 'Strict' }
  )
  if (response.resultType === 'error') {
    return { error: JSON.stringify(response.errors) }
  }
  // Of the resource "*", where an action also supports others, there is an answer for each of them.
  const answers = response.resultType === 'single' ? [response.result] : response.results
  return { result: response.overallResult, ignored: answers.flatMap((one) => one.ignoredContextKeys) }
}

const answers = []
for (const asked of requests) {
  answers.push(await answer(asked))
}
console.log(JSON.stringify(answers))
