// A node and foreign peers by the ways that are not TCP: QUIC, and circuits through a relay.
//   node transports.mjs URL API-KEY NETWORK
import { quic } from '@chainsafe/libp2p-quic'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { address, call, check, envelope, equal, eventually, finish, has, holds, listen, local, metric, peer, seen, topic } from './world.mjs'

const overQuic = { transports: [quic()], connectionEncrypters: undefined, streamMuxers: undefined, addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] } }
const quicAddress = multiaddr(local.addresses.find(each => each.includes('/quic-v1')))
const everybody = { denyDialPeer: () => false }

await check('a foreign peer dials the node over QUIC, and gossip goes both ways', async () => {
  const one = await peer(overQuic)
  const connection = await one.libp2p.dial(quicAddress)
  equal(connection.remotePeer.toString(), local.peer_id, 'peer')
  await eventually('the node lists it', async () => (await seen(one))?.connections.every(each => each.includes('/quic-v1')))
  const heard = await listen(one, topic())
  await eventually('gossip of the node', () => heard.length > 0)
  const name = 'icn_p2p_messages_received_total{topic="heartbeat"}'
  const before = await metric(name)
  const sent = await envelope(one)
  await one.libp2p.services.pubsub.publish(topic(), sent)
  await eventually('the node counts it', async () => await metric(name) > before)
  equal(await metric('icn_p2p_invalid_messages_total'), 0, 'invalid messages')
})

await check('the node dials a foreign peer over QUIC', async () => {
  const one = await peer(overQuic)
  const answer = await call('POST', '/network/peers', { address: one.libp2p.getMultiaddrs()[0].toString() })
  equal(answer.status, 200, JSON.stringify(answer.body))
  equal(answer.body.peer_id, one.id, 'peer')
  const found = await seen(one)
  holds(found.direction === 'outbound' && found.connections[0].includes('/quic-v1'), JSON.stringify(found))
})

await check('two foreign peers meet through the node as their relay', async () => {
  const through = { transports: [tcp(), circuitRelayTransport()], connectionGater: everybody }
  const callee = await peer({ ...through, addresses: { listen: [`${address}/p2p-circuit`] } })
  await eventually('a place at the relay', () => callee.libp2p.getMultiaddrs().some(each => each.toString().includes('/p2p-circuit')))
  const caller = await peer({ ...through, addresses: { listen: [] } })
  const connection = await caller.libp2p.dial(multiaddr(`${address}/p2p-circuit/p2p/${callee.id}`))
  equal(connection.remotePeer.toString(), callee.id, 'peer')
  holds(connection.remoteAddr.toString().includes('/p2p-circuit'), connection.remoteAddr.toString())
  holds(await caller.libp2p.services.ping.ping(callee.libp2p.peerId) >= 0, 'no ping')
})

await check('the node meets a foreign peer through a foreign relay', async () => {
  const relay = await peer({ connectionGater: everybody, services: { relay: circuitRelayServer() } })
  const [relayAddress] = relay.libp2p.getMultiaddrs()
  const hidden = await peer({
    transports: [tcp(), circuitRelayTransport()], connectionGater: everybody, addresses: { listen: [`${relayAddress}/p2p-circuit`] }
  })
  await eventually('a place at the relay', () => hidden.libp2p.getMultiaddrs().some(each => each.toString().includes('/p2p-circuit')))
  const answer = await call('POST', '/network/peers', { address: `${relayAddress}/p2p-circuit/p2p/${hidden.id}` })
  equal(answer.status, 200, JSON.stringify(answer.body))
  const found = await seen(hidden)
  holds(found.connections.every(each => each.includes('/p2p-circuit')), JSON.stringify(found))
  await eventually('the node pings it', async () => (await seen(hidden))?.rtt_ms !== undefined)
})

await finish()
