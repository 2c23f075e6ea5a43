// Meets a node as a peer that shares no code with it.
//   node check.mjs URL API-KEY NETWORK
import './polyfill.mjs'
import { createHash, randomBytes } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { createBitswap } from '@helia/bitswap'
import * as dagCbor from '@ipld/dag-cbor'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { defaultLogger } from '@libp2p/logger'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryBlockstore } from 'blockstore-core'
import { createLibp2p } from 'libp2p'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'

const [url, key, network] = process.argv.slice(2)
const topic = `icn/${network}/v1/heartbeat`
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

function equal (found, wanted, what) {
  const same = found instanceof Uint8Array ? Buffer.compare(found, wanted) === 0 : found === wanted
  if (!same) throw new Error(`${what}: ${String(found).slice(0, 200)} in place of ${String(wanted).slice(0, 200)}`)
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

async function peerNode () {
  const privateKey = await generateKeyPair('Ed25519')
  const libp2p = await createLibp2p({
    privateKey,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { // so that whatever one of them hears of another came through the node
      denyDialPeer: id => id.toString() !== local.peer_id,
      denyInboundEncryptedConnection: id => id.toString() !== local.peer_id
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub(),
      dht: kadDHT({
        protocol: '/icn/kad/1.0.0',
        peerInfoMapper: passthroughMapper,
        clientMode: false,
        validators: { icn: () => {} },
        selectors: { icn: () => 0 }
      })
    }
  })
  const store = new MemoryBlockstore()
  const routing = { async * findProviders () {}, async provide () {} }
  const bitswap = createBitswap({
    libp2p, routing, blockstore: store, logger: defaultLogger(), getHasher: () => sha256
  })
  await bitswap.start()
  return { libp2p, store, bitswap, privateKey }
}

// docs/formats/network.md, "Envelope".
async function envelope (privateKey, change = {}) {
  const publicKey = privateKey.publicKey.raw
  const body = {
    version: 1,
    network,
    payload_type: 'Heartbeat',
    payload: dagCbor.encode({}),
    sender: 'did:key:' + base58btc.encode(Buffer.concat([Buffer.from([0xed, 0x01]), publicKey])),
    timestamp: Math.floor(Date.now() / 1000),
    nonce: new Uint8Array(randomBytes(16)),
    trace: '',
    ...change
  }
  const bytes = signedBytes(body)
  return dagCbor.encode({ ...body, id: idOf(bytes), signature: await privateKey.sign(bytes) })
}

const signedBytes = body => Buffer.concat([Buffer.from('icn:envelope:v1\0'), dagCbor.encode(body)])
const idOf = bytes => createHash('sha256').update(bytes).digest('hex').slice(0, 32)

async function block (size) {
  const bytes = new Uint8Array(randomBytes(size))
  return { bytes, cid: CID.createV1(raw.code, await sha256.digest(bytes)) }
}

const metric = async name => {
  const text = await (await fetch(url + '/system/metrics')).text()
  return Number(text.split('\n').find(line => line.startsWith(name + ' '))?.split(' ')[1] ?? 0)
}

const local = (await call('GET', '/network/local-peer-id')).body
const address = multiaddr(local.addresses.find(each => each.includes('/tcp/')))
const a = await peerNode()
const b = await peerNode()

await check('connects, and the key is the one of the DID', async () => {
  const connection = await a.libp2p.dial(address)
  equal(connection.remotePeer.toString(), local.peer_id, 'peer')
  equal('did:key:' + base58btc.encode(Buffer.concat([Buffer.from([0xed, 0x01]), connection.remotePeer.publicKey.raw])), local.did, 'did')
  await b.libp2p.dial(address)
  const mine = a.libp2p.peerId.toString()
  await eventually('the node lists its peer', async () =>
    (await call('GET', '/network/peers')).body.items.some(each => each.peer_id === mine && each.direction === 'inbound' && each.agent.length > 0))
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

await check('gossip from there to the node', async () => {
  a.libp2p.services.pubsub.subscribe(topic)
  b.libp2p.services.pubsub.subscribe(topic)
  await eventually('the mesh', () => a.libp2p.services.pubsub.getSubscribers(topic).some(each => each.toString() === local.peer_id))
  const name = 'icn_p2p_messages_received_total{topic="heartbeat"}'
  const before = await metric(name)
  await a.libp2p.services.pubsub.publish(topic, await envelope(a.privateKey))
  await eventually('the node counts it', async () => await metric(name) > before)
  equal(await metric('icn_p2p_invalid_messages_total'), 0, 'invalid messages')
})

await check('gossip through the node to another', async () => {
  const sent = await envelope(a.privateKey)
  let got
  b.libp2p.services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic === topic && Buffer.compare(detail.data, sent) === 0) got = detail
  })
  await a.libp2p.services.pubsub.publish(topic, sent)
  await eventually('it arrives', () => got !== undefined)
})

await check('gossip of the node itself, signed by its DID', async () => {
  let got
  a.libp2p.services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic !== topic) return
    const read = dagCbor.decode(detail.data)
    if (read.sender === local.did) got = read
  })
  await eventually('a heartbeat', () => got !== undefined)
  const { id, signature, ...body } = got
  const bytes = signedBytes(body)
  equal(id, idOf(bytes), 'id')
  const peer = a.libp2p.getPeers().find(each => each.toString() === local.peer_id)
  equal(await peer.publicKey.verify(bytes, signature), true, 'signature')
})

await check('a message that was changed is not handed on', async () => {
  const read = dagCbor.decode(await envelope(a.privateKey))
  read.trace = 'x'
  let came = false
  b.libp2p.services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic === topic && dagCbor.decode(detail.data).trace === 'x') came = true
  })
  const before = await metric('icn_p2p_invalid_messages_total')
  await a.libp2p.services.pubsub.publish(topic, dagCbor.encode(read))
  await eventually('it is counted', async () => await metric('icn_p2p_invalid_messages_total') > before)
  equal(came, false, 'handed on')
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
  equal(await a.bitswap.want(open.cid, { signal: AbortSignal.timeout(15_000) }), open.bytes, 'bytes')
  let refused = false
  await a.bitswap.want(closed.cid, { signal: AbortSignal.timeout(2000) }).catch(() => { refused = true })
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
  await a.store.put(open.cid, open.bytes)
  const answer = await call('POST', '/network/fetch', { cid: open.cid.toString(), timeout_ms: 15_000 })
  equal(answer.status, 200, JSON.stringify(answer.body))
  equal(answer.body.bytes, open.bytes.length, 'size')
  const response = await fetch(`${url}/ipfs/${open.cid}?format=raw`)
  equal(new Uint8Array(await response.arrayBuffer()), open.bytes, 'bytes')
})

await check('wrong bytes are not taken', async () => {
  const open = await block(1000)
  const other = await block(1000)
  await a.store.put(open.cid, other.bytes)
  const answer = await call('POST', '/network/fetch', { cid: open.cid.toString(), timeout_ms: 3000 })
  equal(answer.body.code, 'block_not_fetched', 'code')
  const mine = a.libp2p.peerId.toString()
  const seen = (await call('GET', '/network/peers')).body.items.find(each => each.peer_id === mine)
  equal(seen.score < 0, true, `score ${seen.score}`)
})

await Promise.race([Promise.all([a.libp2p.stop(), b.libp2p.stop()]), new Promise(resolve => setTimeout(resolve, 3000))])
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
