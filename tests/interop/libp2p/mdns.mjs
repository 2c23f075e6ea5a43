// A foreign peer on the local network of a node that it was not told of.
//   node mdns.mjs URL API-KEY NETWORK
import { mdns } from '@libp2p/mdns'
import { address, check, equal, eventually, finish, local, peer } from './world.mjs'

const [host] = address.toString().split('/tcp/')
const found = new Map()
const one = await peer({ addresses: { listen: [`${host}/tcp/0`] }, peerDiscovery: [mdns({ interval: 1000 })] })
one.libp2p.addEventListener('peer:discovery', ({ detail }) => found.set(detail.id.toString(), detail.multiaddrs.map(String)))

await check('a foreign peer finds the node by mDNS', async () => {
  await eventually('it is found', () => found.has(local.peer_id))
  equal(found.get(local.peer_id).some(each => each.startsWith(host)), true, `one of ${found.get(local.peer_id)} is the node's`)
})

await finish()
