// Meets a node as a peer that shares no code with it.
//   node check.mjs URL API-KEY NETWORK
import { randomBytes } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import {
  address, bitswapOf, block, call, check, connectedPeer, didOf, envelope, equal, eventually, finish, has, idOf, listen, local, metric,
  network, peer, seen, signedBytes, topic, url
} from './world.mjs'

const services = {
  dht: kadDHT({
    protocol: '/icn/kad/1.0.0',
    peerInfoMapper: passthroughMapper,
    clientMode: false,
    validators: { icn: () => {} },
    selectors: { icn: () => 0 }
  })
}
const a = await peer({ services })
const b = await peer({ services })
const { store, bitswap } = await bitswapOf(a)

await check('connects, and the key is the one of the DID', async () => {
  const connection = await a.libp2p.dial(address)
  equal(connection.remotePeer.toString(), local.peer_id, 'peer')
  equal(didOf(connection.remotePeer.publicKey), local.did, 'did')
  await b.libp2p.dial(address)
  await eventually('the node lists its peer', async () => {
    const found = await seen(a)
    return found?.direction === 'inbound' && found.agent.length > 0
  })
})

await check('identify tells the protocols', async () => {
  const peer = a.libp2p.getPeers()[0]
  await eventually('protocols', async () => (await a.libp2p.peerStore.get(peer)).protocols.length > 0)
  const { protocols, metadata } = await a.libp2p.peerStore.get(peer)
  for (const wanted of ['/icn/kad/1.0.0', '/meshsub/1.1.0', '/ipfs/bitswap/1.2.0', '/ipfs/ping/1.0.0', '/icn/mesh/1', '/icn/sync/1']) {
    if (!protocols.includes(wanted)) throw new Error(`${wanted} is missing in ${protocols}`)
  }
  equal(new TextDecoder().decode(metadata.get('AgentVersion')).startsWith('icn/'), true, 'agent')
})

await check('ping', async () => {
  const took = await a.libp2p.services.ping.ping(address)
  if (!(took >= 0 && took < 5000)) throw new Error(`${took} ms`)
})

await check('tells how far its ledger is, and the hash at a height it has', async () => {
  const stranger = await connectedPeer() // what it asks badly counts against it
  const ask = async ({ libp2p }, question) => {
    const parts = []
    try {
      const stream = await libp2p.dialProtocol(address, '/icn/sync/1')
      stream.send(dagCbor.encode(question))
      await stream.close()
      for await (const part of stream) parts.push(part.subarray())
    } catch {} // a stream that is reset is a refusal too
    return Buffer.concat(parts)
  }
  const hashOf = async height => (await call('GET', `/ledger/blocks/${height}`)).body.hash
  const far = dagCbor.decode(await ask(a, { network, height: 1_000_000_000 }))
  equal(Buffer.from(far.hash).toString('hex'), await hashOf(far.height), 'hash of the newest block')
  const early = dagCbor.decode(await ask(a, { network, height: 0 }))
  equal(Buffer.from(early.hash).toString('hex'), await hashOf(0), 'hash of block 0')
  for (const refused of [{ network: 'another', height: 0 }, { network }, { network, height: -1 }]) {
    equal((await ask(stranger, refused)).length, 0, `bytes of an answer to ${JSON.stringify(refused)}`)
  }
  await stranger.libp2p.stop()
})

await check('the node pings when it is asked to', async () => {
  for (let i = 0; i < 3; i++) {
    const answer = await call('POST', `/network/peers/${a.id}/ping`, {})
    equal(answer.status, 200, JSON.stringify(answer.body))
    if (!(answer.body.rtt_ms > 0 && answer.body.rtt_ms < 5000)) throw new Error(`${answer.body.rtt_ms} ms`)
  }
})

let heardByA
let heardByB

await check('gossip from there to the node', async () => {
  heardByA = await listen(a, topic())
  heardByB = await listen(b, topic())
  const name = 'icn_p2p_messages_received_total{topic="heartbeat"}'
  const before = await metric(name)
  await a.libp2p.services.pubsub.publish(topic(), await envelope(a))
  await eventually('the node counts it', async () => await metric(name) > before)
  equal(await metric('icn_p2p_invalid_messages_total'), 0, 'invalid messages')
})

await check('gossip through the node to another', async () => {
  const sent = await envelope(a)
  await a.libp2p.services.pubsub.publish(topic(), sent)
  await eventually('it arrives', () => has(heardByB, sent))
})

await check('a further topic of p2p.topics, by its whole name, and no other', async () => {
  const heard = await listen(b, 'bakers')
  await listen(a, 'bakers')
  const others = []
  b.libp2p.services.pubsub.addEventListener('message', ({ detail }) => { if (detail.topic === 'brewers') others.push(detail.data) })
  for (const each of [a, b]) each.libp2p.services.pubsub.subscribe('brewers')
  const sent = await envelope(a)
  await a.libp2p.services.pubsub.publish('bakers', sent)
  await eventually('it arrives', () => has(heard, sent))
  await a.libp2p.services.pubsub.publish('brewers', await envelope(a)).catch(() => {}) // nobody it knows takes part
  await new Promise(resolve => setTimeout(resolve, 1000))
  equal(others.length, 0, 'messages of a topic the node has not joined')
})

await check('gossip of the node itself, signed by its DID', async () => {
  const own = () => heardByA.map(each => dagCbor.decode(each)).find(each => each.sender === local.did)
  await eventually('a heartbeat', () => own() !== undefined)
  const { id, signature, ...body } = own()
  const bytes = signedBytes(body)
  equal(id, idOf(bytes), 'id')
  const node = a.libp2p.getPeers().find(each => each.toString() === local.peer_id)
  equal(await node.publicKey.verify(bytes, signature), true, 'signature')
})

await check('a record put by one peer is found by another', async () => {
  const name = new TextEncoder().encode('/icn/' + randomBytes(8).toString('hex'))
  const value = new TextEncoder().encode('value')
  await a.libp2p.contentRouting.put(name, value)
  equal(await b.libp2p.contentRouting.get(name), value, 'value')
})

await check('a public block of the node, a private one not', async () => {
  const open = await block(200_000)
  const closed = await block(1000)
  for (const [each, visibility] of [[open, 'public'], [closed, 'private']]) {
    const answer = await call('POST', '/dag/blocks', { data: Buffer.from(each.bytes).toString('base64'), visibility })
    equal(answer.status, 201, JSON.stringify(answer.body))
    equal(answer.body.cid, each.cid.toString(), 'cid')
  }
  equal(await bitswap.want(open.cid, { signal: AbortSignal.timeout(15_000) }), open.bytes, 'bytes')
  let refused = false
  await bitswap.want(closed.cid, { signal: AbortSignal.timeout(2000) }).catch(() => { refused = true })
  equal(refused, true, 'the private block is refused')
})

await check('the node is found as the provider of its block', async () => {
  const open = await block(1000)
  await call('POST', '/dag/blocks', { data: Buffer.from(open.bytes).toString('base64'), visibility: 'public' })
  await eventually('provided', async () => (await call('POST', '/network/provide', { cid: open.cid.toString() })).status === 200)
  let found = false
  for await (const each of a.libp2p.contentRouting.findProviders(open.cid, { signal: AbortSignal.timeout(10_000) })) {
    if (each.id.toString() === local.peer_id) { found = true; break }
  }
  equal(found, true, 'provider')
})

await check('the node fetches a block from there', async () => {
  const open = await block(100_000)
  await store.put(open.cid, open.bytes)
  const answer = await call('POST', '/network/fetch', { cid: open.cid.toString(), timeout_ms: 15_000 })
  equal(answer.status, 200, JSON.stringify(answer.body))
  equal(answer.body.bytes, open.bytes.length, 'size')
  const response = await fetch(`${url}/ipfs/${open.cid}?format=raw`)
  equal(new Uint8Array(await response.arrayBuffer()), open.bytes, 'bytes')
})

await finish()
