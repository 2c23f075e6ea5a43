// Peers that share no code with the node and mean it no good, over "/icn/mesh/1" (docs/formats/job.md).
//   node hostile.mjs URL API-KEY NETWORK
import './polyfill.mjs'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import * as dagCbor from '@ipld/dag-cbor'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'

const [url, key] = process.argv.slice(2)
const protocol = '/icn/mesh/1'
let passed = 0
let failed = 0

async function check (name, body) {
  try {
    await body()
    passed++
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.stack ?? error.message}`)
  }
}

function holds (condition, what) {
  if (!condition) throw new Error(what)
}

async function call (method, path, body) {
  const response = await fetch(url + path, {
    method, body: body && JSON.stringify(body), headers: { 'x-api-key': key, 'content-type': 'application/json' }
  })
  return { status: response.status, body: await response.json() }
}

async function eventually (what, condition, seconds = 15) {
  for (let i = 0; i < seconds * 10; i++) {
    if (await condition()) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${what}: not within ${seconds} s`)
}

const local = (await call('GET', '/network/local-peer-id')).body
const address = multiaddr(local.addresses.find(each => each.includes('/tcp/')))
const peers = []

async function peer () {
  const privateKey = await generateKeyPair('Ed25519')
  const libp2p = await createLibp2p({
    privateKey, transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()], services: { identify: identify() }
  })
  await libp2p.dial(address)
  peers.push(libp2p)
  const did = 'did:key:' + base58btc.encode(Buffer.concat([Buffer.from([0xed, 0x01]), privateKey.publicKey.raw]))
  return { libp2p, did, id: libp2p.peerId.toString() }
}

// The answer's bytes; none: refused.
async function ask ({ libp2p }, bytes) {
  const parts = []
  try {
    const stream = await libp2p.dialProtocol(address, protocol, { maxOutboundStreams: 1000 })
    for (let at = 0; at < bytes.length; at += 65_536) {
      if (!stream.send(bytes.subarray(at, at + 65_536))) await stream.onDrain({ signal: AbortSignal.timeout(10_000) })
    }
    await stream.close({ signal: AbortSignal.timeout(10_000) })
    for await (const part of stream) parts.push(part.subarray())
  } catch {} // a stream that is reset is a refusal too
  return Buffer.concat(parts)
}

const request = members => dagCbor.encode({ block: null, results: null, bids: null, news: null, ...members })
const question = request({ news: [{ name: { job_id: 'bafkunknown', attempt: 1 }, log_from: 0 }] })

async function score (of) {
  return (await call('GET', '/network/peers')).body.items.find(each => each.peer_id === of.id)?.score
}

await check('a question is answered, whoever asks', async () => {
  const one = await peer()
  const answer = dagCbor.decode(await ask(one, question))
  holds(answer.news.length === 1 && answer.news[0].is_held === false, JSON.stringify(answer))
  holds(await score(one) >= 0, `score ${await score(one)}`)
})

await check('a malformed request is refused and counts against its peer', async () => {
  const one = await peer()
  holds((await ask(one, Buffer.from([0xff, 0x00, 0x17]))).length === 0, 'it was answered')
  await eventually('its score falls', async () => await score(one) < 0)
})

await check('a request that is too large is refused, and the next one answered', async () => {
  const one = await peer()
  const large = request({ news: [{ name: { job_id: 'x'.repeat(5 << 20), attempt: 1 }, log_from: 0 }] })
  holds((await ask(one, large)).length === 0, 'it was answered')
  holds((await ask(await peer(), question)).length > 0, 'the node no longer answers')
})

await check('a bid in another name is refused and counts against its peer', async () => {
  const one = await peer()
  const bid = executor => ({
    job_id: 'bafkunknown', attempt: 1, executor, key: executor + '#key', price: 5000, cpu_cores: 1, memory_mb: 64, storage_mb: 0, gpu: 0,
    capabilities: [], federations: [], trust_scopes: [], est_secs: 1, valid_until: 1, signature: new Uint8Array(64)
  })
  holds((await ask(one, request({ bids: [bid(one.did)] }))).length > 0, 'one in its own name is refused')
  holds(await score(one) >= 0, 'one in its own name counts against it')
  holds((await ask(one, request({ bids: [bid(local.did)] }))).length === 0, 'it was answered')
  await eventually('its score falls', async () => await score(one) < 0)
})

await check('a stranger gets nothing of a job', async () => {
  const data = Buffer.from('a private input').toString('base64')
  const input = (await call('POST', '/dag/blocks', { data })).body.cid
  const job = (await call('POST', '/mesh/jobs?wait=20', { spec: { kind: 'echo', inputs: [{ cid: input }], max_price: 20 } })).body
  holds(job.status === 'completed', JSON.stringify(job))
  const one = await peer()
  for (const cid of [input, job.result_cid, job.receipt_cid]) {
    const answer = await ask(one, request({ block: { job_id: job.job_id, cid: CID.parse(cid) } }))
    holds(answer.length === 0 || !dagCbor.decode(answer).block, `it got ${cid}`)
  }
})

await check('a flood is refused in part, and others are answered meanwhile', async () => {
  const one = await peer()
  const other = await peer()
  let answered = 0
  let served = 0
  const flood = Array.from({ length: 40 }, async () => {
    for (let i = 0; i < 100; i++) answered += (await ask(one, question)).length > 0 ? 1 : 0
  })
  const asked = (async () => { for (let i = 0; i < 10; i++) served += (await ask(other, question)).length > 0 ? 1 : 0 })()
  const started = Date.now()
  await Promise.all([...flood, asked])
  const seconds = (Date.now() - started) / 1000
  console.log(`   ${answered} of 4000 answered in ${seconds.toFixed(1)} s`)
  holds(answered <= 2000 + 500 * (seconds + 1), 'more than the limit was answered')
  holds(served === 10, `others got ${served} of 10`)
})

await check('who goes on is shut out', async () => {
  const one = await peer()
  for (let i = 0; i < 12; i++) await ask(one, Buffer.from([0xff]))
  await eventually('it is disconnected', async () => await score(one) === undefined)
  await eventually('and not let in again', async () => {
    await one.libp2p.dial(address).catch(() => {})
    await new Promise(resolve => setTimeout(resolve, 300))
    return await score(one) === undefined
  })
})

await Promise.race([Promise.all(peers.map(each => each.stop())), new Promise(resolve => setTimeout(resolve, 3000))])
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
