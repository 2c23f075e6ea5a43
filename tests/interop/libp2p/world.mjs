// What the checks of this folder share: the node they meet, peers made of js-libp2p, counted cases.
//   node CHECKS.mjs URL API-KEY NETWORK
import './polyfill.mjs'
import { createHash, randomBytes } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { createBitswap } from '@helia/bitswap'
import * as dagCbor from '@ipld/dag-cbor'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
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
let passed = 0
let failed = 0

export async function check (name, body) {
  const started = Date.now()
  try {
    await body()
    passed++
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.stack ?? error.message}`)
  }
  if (Date.now() - started > 5000) console.log(`   ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

export function holds (condition, what) {
  if (!condition) throw new Error(what)
}

export function equal (found, wanted, what) {
  const same = found instanceof Uint8Array ? Buffer.compare(found, wanted) === 0 : found === wanted
  holds(same, `${what}: ${String(found).slice(0, 200)} in place of ${String(wanted).slice(0, 200)}`)
}

export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

export async function eventually (what, condition, seconds = 15) {
  for (let i = 0; i < seconds * 10; i++) {
    if (await condition()) return
    await pause(100)
  }
  throw new Error(`${what}: not within ${seconds} s`)
}

// ---- The node

export { url, network }

export async function call (method, path, body) {
  const response = await fetch(url + path, {
    method, body: body && JSON.stringify(body), headers: { 'x-api-key': key, 'content-type': 'application/json' }
  })
  return { status: response.status, body: await response.json() }
}

export async function metric (name) {
  const text = await (await fetch(url + '/system/metrics')).text()
  return Number(text.split('\n').find(line => line.startsWith(name + ' '))?.split(' ')[1] ?? 0)
}

// What the node says of a peer; undefined: it is not connected.
export async function seen (peer) {
  return (await call('GET', '/network/peers')).body.items.find(each => each.peer_id === peer.id)
}

export const score = async peer => (await seen(peer))?.score

export const local = (await call('GET', '/network/local-peer-id')).body
export const address = multiaddr(local.addresses.find(each => each.includes('/tcp/')))
export const topic = (name = 'heartbeat') => `icn/${network}/v1/${name}`

export function didOf (publicKey) {
  return 'did:key:' + base58btc.encode(Buffer.concat([Buffer.from([0xed, 0x01]), publicKey.raw]))
}

// ---- Peers

const peers = []

// Not connected yet. `options` go to libp2p in place of what stands here; services are added.
export async function peer ({ services = {}, ...options } = {}) {
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
    services: { identify: identify(), ping: ping(), pubsub: gossipsub(), ...services },
    ...options
  })
  peers.push(libp2p)
  return { libp2p, privateKey, id: libp2p.peerId.toString(), did: didOf(privateKey.publicKey) }
}

export async function connectedPeer (options) {
  const made = await peer(options)
  await made.libp2p.dial(address)
  return made
}

// A peer's Bitswap, with `store` for the blocks it has.
export async function bitswapOf ({ libp2p }) {
  const store = new MemoryBlockstore()
  const routing = { async * findProviders () {}, async provide () {} }
  const bitswap = createBitswap({ libp2p, routing, blockstore: store, logger: defaultLogger(), getHasher: () => sha256 })
  await bitswap.start()
  return { store, bitswap }
}

export async function block (size) {
  const bytes = new Uint8Array(randomBytes(size))
  return { bytes, cid: CID.createV1(raw.code, await sha256.digest(bytes)) }
}

// Takes part in a topic and answers the list of what comes, which grows.
export async function listen ({ libp2p }, name) {
  const heard = []
  libp2p.services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic === name) heard.push(detail.data)
  })
  libp2p.services.pubsub.subscribe(name)
  await eventually(`the mesh of ${name}`, () => libp2p.services.pubsub.getMeshPeers(name).includes(local.peer_id))
  return heard
}

export const has = (heard, data) => heard.some(each => Buffer.compare(each, data) === 0)

// ---- Envelopes (docs/formats/network.md)

export const signedBytes = body => Buffer.concat([Buffer.from('icn:envelope:v1\0'), dagCbor.encode(body)])
export const idOf = bytes => createHash('sha256').update(bytes).digest('hex').slice(0, 32)

export async function envelope ({ privateKey, did }, change = {}) {
  const body = {
    version: 1,
    network,
    payload_type: 'Heartbeat',
    payload: dagCbor.encode({}),
    sender: did,
    timestamp: Math.floor(Date.now() / 1000),
    nonce: new Uint8Array(randomBytes(16)),
    trace: '',
    ...change
  }
  const bytes = signedBytes(body)
  return dagCbor.encode({ ...body, id: idOf(bytes), signature: await privateKey.sign(bytes) })
}

export async function finish () {
  await Promise.race([Promise.all(peers.map(each => each.stop())), pause(3000)])
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}
