// Peers that share no code with the node and mean it no good: over "/icn/mesh/1" (docs/formats/job.md), on topics
// (docs/formats/network.md) and over Bitswap. Each case names what is done and what it must lead to.
//   node hostile.mjs URL API-KEY NETWORK RATE BURST
import { randomBytes } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import {
  address, bitswapOf, block, call, check, connectedPeer, envelope, equal, eventually, finish, has, holds, listen, local, metric, network,
  pause, score, seen, topic
} from './world.mjs'

const [rate, burst] = process.argv.slice(5).map(Number)
const protocol = '/icn/mesh/1'
const topics = topic()
const watcher = await connectedPeer()
const heard = await listen(watcher, topics)

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

const request = members => dagCbor.encode({ block: null, results: null, bids: null, news: null, calls: null, ...members })
const question = request({ news: [{ name: { job_id: 'bafkunknown', attempt: 1 }, log_from: 0 }] })

const scoreFalls = one => eventually('its score falls', async () => await score(one) < 0)
const refuses = async (one, bytes) => equal((await ask(one, bytes)).length, 0, 'bytes of an answer')
const publish = (one, data, name = topics) => one.libp2p.services.pubsub.publish(name, data)

// A peer that takes part in the topic, as the node knows.
async function speaker () {
  const one = await connectedPeer()
  await listen(one, topics)
  return one
}

// An envelope that the node hands on shows that it has judged all the peer sent before.
async function isHandedOn (one) {
  const good = await envelope(one)
  await publish(one, good)
  for (let i = 0; i < 30 && !has(heard, good); i++) await pause(100)
  return has(heard, good)
}

// `data` is published by a new peer: it is not handed on and lowers the peer's score.
async function isHeldAgainst (make) {
  const one = await speaker()
  const data = await make(one)
  const before = await metric('icn_p2p_invalid_messages_total')
  await publish(one, data)
  await eventually('it is counted', async () => await metric('icn_p2p_invalid_messages_total') > before)
  holds(!has(heard, data), 'it was handed on')
  await scoreFalls(one)
  return one
}

// ---- Requests

await check('a question: answered, whoever asks', async () => {
  const one = await connectedPeer()
  const answer = dagCbor.decode(await ask(one, question))
  holds(answer.news.length === 1 && answer.news[0].is_held === false, JSON.stringify(answer))
  holds(await score(one) >= 0, `score ${await score(one)}`)
})

await check('a malformed request: refused, the score falls', async () => {
  const one = await connectedPeer()
  await refuses(one, Buffer.from([0xff, 0x00, 0x17]))
  await scoreFalls(one)
})

await check('an empty request, and one that asks nothing: refused', async () => {
  const one = await connectedPeer()
  await refuses(one, Buffer.alloc(0))
  await refuses(one, request({}))
  await scoreFalls(one)
})

await check('an oversize frame: the stream ends, the same peer is answered after it', async () => {
  const one = await connectedPeer()
  await refuses(one, request({ news: [{ name: { job_id: 'x'.repeat(5 << 20), attempt: 1 }, log_from: 0 }] }))
  holds((await ask(one, question)).length > 0, 'the node no longer answers')
})

await check('a bid in another name: refused, the score falls', async () => {
  const one = await connectedPeer()
  const bid = executor => ({
    job_id: 'bafkunknown', attempt: 1, executor, key: executor + '#key', price: 5000, cpu_cores: 1, memory_mb: 64, storage_mb: 0, gpu: 0,
    capabilities: [], federations: [], trust_scopes: [], est_secs: 1, valid_until: 1, signature: new Uint8Array(64)
  })
  holds((await ask(one, request({ bids: [bid(one.did)] }))).length > 0, 'one in its own name is refused')
  holds(await score(one) >= 0, 'one in its own name counts against it')
  await refuses(one, request({ bids: [bid(local.did)] }))
  await scoreFalls(one)
})

await check('a call for bids: taken for a job of its own, refused for that of another or of another network, the score falls', async () => {
  const spec = (await block(100)).cid
  const calls = (coordinator, of = network) => request({
    calls: [{ job: {
      network: of, submitter: local.did, nonce: new Uint8Array(randomBytes(16)),
      submission: { manifest_cid: spec, coordinator, kind: 'echo', max_price: 20_000 }
    } }]
  })
  const one = await connectedPeer()
  holds((await ask(one, calls(one.did))).length > 0, 'one for a job of its own is refused')
  holds(await score(one) >= 0, 'one for a job of its own counts against it')
  await refuses(one, calls(local.did))
  await scoreFalls(one)
  const other = await connectedPeer()
  await refuses(other, calls(other.did, 'elsewhere'))
  await scoreFalls(other)
})

await check("a receipt in another's name: J005, the score falls, the job stays as it is", async () => {
  const job = (await call('POST', '/mesh/jobs?wait=20', { spec: { kind: 'echo', args: ['mine'], max_price: 20 } })).body
  holds(job.status === 'completed', JSON.stringify(job))
  const asKnown = async () => JSON.stringify((await call('GET', `/mesh/jobs/${job.job_id}`)).body)
  const before = await asKnown()
  const one = await connectedPeer()
  const claim = executor => ({
    job_id: job.job_id, attempt: 1, end: 'completed', fuel_used: 0, receipt_cid: CID.parse(job.receipt_cid),
    result_cid: CID.parse(job.result_cid), code: null, executor, key: executor + '#key', signature: new Uint8Array(64)
  })
  const verdict = async executor => dagCbor.decode(await ask(one, request({ results: [{ claim: claim(executor), blocks: [], others: [] }] }))).verdicts[0]
  equal(await verdict(one.did), 'job_ended', 'verdict of one in its own name')
  equal(await score(one), 0, 'score')
  equal(await verdict(local.did), 'J005', 'verdict')
  await scoreFalls(one)
  equal(await asKnown(), before, 'the job')
})

await check('a stranger who asks for the blocks of a job: gets none', async () => {
  const data = Buffer.from('a private input').toString('base64')
  const input = (await call('POST', '/dag/blocks', { data })).body.cid
  const job = (await call('POST', '/mesh/jobs?wait=20', { spec: { kind: 'echo', inputs: [{ cid: input }], max_price: 20 } })).body
  holds(job.status === 'completed', JSON.stringify(job))
  const one = await connectedPeer()
  for (const cid of [input, job.result_cid, job.receipt_cid]) {
    const answer = await ask(one, request({ block: { job_id: job.job_id, cid: CID.parse(cid) } }))
    holds(answer.length === 0 || !dagCbor.decode(answer).block, `it got ${cid}`)
  }
})

// ---- Messages

await check('gossip that is no envelope: not handed on, the score falls', async () => {
  await isHeldAgainst(() => randomBytes(64))
})

await check('an envelope that was changed: not handed on, the score falls', async () => {
  await isHeldAgainst(async one => dagCbor.encode({ ...dagCbor.decode(await envelope(one)), trace: 'x' }))
})

await check("an envelope in another's name: not handed on, the score falls", async () => {
  await isHeldAgainst(one => envelope(one, { sender: local.did }))
})

await check('an envelope of another network: not handed on, the score falls', async () => {
  await isHeldAgainst(one => envelope(one, { network: 'elsewhere' }))
})

await check('an envelope on the wrong topic: not handed on, the score falls', async () => {
  await isHeldAgainst(one => envelope(one, { payload_type: 'BidSubmission' }))
})

await check('an envelope above 1 MiB: not handed on, the score falls', async () => {
  await isHeldAgainst(one => envelope(one, { payload: new Uint8Array(1_048_576) }))
})

await check('the same envelope again: handed on once, held against nobody', async () => {
  const one = await speaker()
  const sent = await envelope(one)
  for (let i = 0; i < 3; i++) await publish(one, sent)
  holds(await isHandedOn(one), 'the next one is not handed on')
  equal(heard.filter(each => Buffer.compare(each, sent) === 0).length, 1, 'times it came')
  equal(await score(one), 0, 'score')
})

await check('an envelope of ten minutes ago: not handed on, held against nobody', async () => {
  const one = await speaker()
  const old = await envelope(one, { timestamp: Math.floor(Date.now() / 1000) - 600 })
  await publish(one, old)
  holds(await isHandedOn(one), 'the next one is not handed on')
  holds(!has(heard, old), 'it was handed on')
  equal(await score(one), 0, 'score')
})

await check('other content under a nonce that was used: not handed on, the score falls', async () => {
  const nonce = new Uint8Array(randomBytes(16))
  await isHeldAgainst(async one => {
    const first = await envelope(one, { nonce })
    await publish(one, first)
    await eventually('the first is handed on', () => has(heard, first))
    return envelope(one, { nonce, trace: 'second' })
  })
})

await check('three invalid messages: the peer is no longer listened to', async () => {
  const one = await speaker()
  holds(await isHandedOn(one), 'it is not heard before')
  for (let i = 0; i < 3; i++) await publish(one, randomBytes(64))
  await eventually('all count', async () => await score(one) < -2)
  holds(!await isHandedOn(one), 'it is still heard')
  holds(await isHandedOn(await speaker()), 'nor are others')
})

await check('a flood of messages: at most the burst and the rate of a sender are handed on', async () => {
  const one = await speaker()
  const count = 400
  const sent = []
  for (let i = 0; i < count; i++) sent.push(await envelope(one, { trace: `flood ${i}` }))
  const started = Date.now()
  await Promise.all(sent.map(each => publish(one, each)))
  await pause(1500)
  const seconds = (Date.now() - started) / 1000
  const names = new Set(sent.map(each => Buffer.from(each).toString('hex')))
  const came = heard.filter(each => names.has(Buffer.from(each).toString('hex'))).length
  console.log(`   ${came} of ${count} messages were handed on in ${seconds.toFixed(1)} s`)
  holds(came >= 90, 'less than the burst')
  holds(came <= 100 + 50 * seconds && came < count, 'more than the limit')
  holds(await isHandedOn(await speaker()), 'others are not handed on')
})

// ---- Blocks

await check('wrong bytes for a CID: not taken, the score falls, the right ones come from another', async () => {
  const wanted = await block(1000)
  const liar = await connectedPeer()
  const bad = await bitswapOf(liar)
  await bad.store.put(wanted.cid, (await block(1000)).bytes)
  const fetched = () => call('POST', '/network/fetch', { cid: wanted.cid.toString(), timeout_ms: 3000 })
  equal((await fetched()).body.code, 'block_not_fetched', 'code')
  await scoreFalls(liar)
  equal((await call('GET', `/dag/blocks/${wanted.cid}/meta`)).status, 404, 'status')
  const good = await bitswapOf(await connectedPeer())
  await good.store.put(wanted.cid, wanted.bytes)
  const answer = await fetched()
  equal(answer.status, 200, JSON.stringify(answer.body))
})

// ---- What it comes to

await check('a flood of requests: limited, scored, then shut out; others are answered in time', async () => {
  const one = await connectedPeer()
  const other = await connectedPeer()
  const banned = (await call('GET', '/network/stats')).body.banned
  let answered = 0
  let refused = 0
  let isOver = false
  let lowest = 0
  const started = Date.now()
  const seconds = () => (Date.now() - started) / 1000
  const flood = Array.from({ length: 32 }, async () => {
    while (!isOver && seconds() < 60) {
      const isAnswered = (await ask(one, question)).length > 0
      if (isOver) return
      if (isAnswered) answered++
      else refused++
      await pause(0) // once the connection is closed asking fails at once: let timers and sockets have their turn
    }
  })
  const waits = []
  const asked = (async () => {
    while (!isOver && seconds() < 60) {
      const before = Date.now()
      holds((await ask(other, question)).length > 0, 'another peer was refused')
      waits.push(Date.now() - before)
      const now = await score(one)
      if (now === undefined) isOver = true
      else lowest = Math.min(lowest, now)
      await pause(100)
    }
  })()
  await Promise.all([asked, ...flood])
  const slowest = Math.max(...waits)
  console.log(`   ${answered} answered, ${refused} refused in ${seconds().toFixed(1)} s; others: ${waits.length} answers, the slowest after ${slowest} ms`)
  holds(refused >= burst, `only ${refused} refused: the flood was none`)
  holds(answered <= burst + rate * (seconds() + 1), 'more than the limit was answered')
  holds(lowest < 0, 'its score did not fall')
  holds(isOver, 'it was not shut out')
  holds(waits.length >= 3 && slowest < 5000, 'others waited')
  equal((await call('GET', '/network/stats')).body.banned, banned + 1, 'banned')
  await one.libp2p.dial(address).catch(() => {})
  await pause(500)
  equal(await seen(one), undefined, 'let in again')
  equal(await score(other), 0, 'score of the other')
})

await check('ten malformed requests: shut out, and not let in again', async () => {
  const one = await connectedPeer()
  for (let i = 0; i < 12; i++) await ask(one, Buffer.from([0xff]))
  await eventually('it is disconnected', async () => await seen(one) === undefined)
  for (let i = 0; i < 3; i++) {
    await one.libp2p.dial(address).catch(() => {})
    await pause(300)
    equal(await seen(one), undefined, 'let in again')
  }
})

await finish()
