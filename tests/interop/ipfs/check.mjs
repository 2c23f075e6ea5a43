// Reads what the node answers with the libraries of the JavaScript IPFS implementation.
//   node check.mjs URL API-KEY
import { randomBytes } from 'node:crypto'
import { CarReader, CarWriter } from '@ipld/car'
import { MemoryBlockstore } from 'blockstore-core'
import { exporter } from 'ipfs-unixfs-exporter'
import { importer } from 'ipfs-unixfs-importer'
import * as dagCbor from '@ipld/dag-cbor'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256, sha512 } from 'multiformats/hashes/sha2'

const [url, key] = process.argv.slice(2)
let passed = 0
let failed = 0

async function check (name, body) {
  try {
    await body()
    passed++
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.message}`)
  }
}

function equal (found, wanted, what) {
  const same = found instanceof Uint8Array ? Buffer.compare(found, wanted) === 0 : found === wanted
  if (!same) throw new Error(`${what}: ${String(found).slice(0, 100)} in place of ${String(wanted).slice(0, 100)}`)
}

async function post (path, body, type) {
  const response = await fetch(url + path, { method: 'POST', body, headers: { 'x-api-key': key, 'content-type': type } })
  const answer = await response.json()
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

async function bytesOf (path, headers = {}) {
  const response = await fetch(url + path, { headers })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

// Every block is held against its CID before it is used.
async function storeOf (car) {
  const reader = await CarReader.fromBytes(car)
  const store = new MemoryBlockstore()
  let count = 0
  for await (const { cid, bytes } of reader.blocks()) {
    equal((await sha256.digest(bytes)).bytes, cid.multihash.bytes, `hash of ${cid}`)
    await store.put(cid, bytes)
    count++
  }
  return { store, count }
}

async function content (store, cid, options = {}) {
  const entry = await exporter(cid, store)
  const pieces = []
  for await (const piece of entry.content(options)) pieces.push(piece)
  return new Uint8Array(Buffer.concat(pieces))
}

// A directory of many entries, spread over shards (HAMT), as IPFS clients make one.
const many = new MemoryBlockstore()
const names = Array.from({ length: 3000 }, (_, number) => `entry ${number}.txt`)
let folder
for await (const entry of importer(names.map(name => ({ path: `many/${name}`, content: new TextEncoder().encode(name) })), many, { shardSplitThresholdBytes: 0 })) {
  if (entry.path === 'many') folder = entry.cid
}

const file = new Uint8Array(randomBytes(3_000_000))
const made = await post('/dag/files?visibility=public', file, 'application/octet-stream')
const cid = CID.parse(made.cid)

await check('the archive of a file', async () => {
  const { store, count } = await storeOf(await bytesOf(`/ipfs/${cid}?format=car`, { accept: 'application/vnd.ipld.car' }))
  equal(count, made.blocks, 'blocks')
  equal(await content(store, cid), file, 'content')
})
await check('a part of it by entity-bytes', async () => {
  const { store, count } = await storeOf(await bytesOf(`/ipfs/${cid}?format=car&entity-bytes=1000000:1000099`))
  equal(count, 2, 'blocks')
  equal(await content(store, cid, { offset: 1_000_000, length: 100 }), file.slice(1_000_000, 1_000_100), 'content')
})
await check('the exported archive', async () => {
  const { store } = await storeOf(await bytesOf(`/dag/export/${cid}`))
  equal(await content(store, cid), file, 'content')
})
await check('a raw block', async () => {
  const bytes = await bytesOf(`/ipfs/${cid}?format=raw`)
  equal((await sha256.digest(bytes)).bytes, cid.multihash.bytes, 'hash')
})
await check('the file itself and a range of it', async () => {
  equal(await bytesOf(`/ipfs/${cid}`), file, 'content')
  equal(await bytesOf(`/ipfs/${cid}`, { range: 'bytes=262140-262147' }), file.slice(262_140, 262_148), 'range')
})
await check('the probe of gateways', async () => {
  equal((await bytesOf('/ipfs/bafkqaaa?format=raw')).length, 0, 'size')
})
await check('an archive written elsewhere', async () => {
  const bytes = new TextEncoder().encode('from elsewhere')
  const block = CID.createV1(raw.code, await sha256.digest(bytes))
  const { writer, out } = CarWriter.create([block])
  const pieces = []
  const collected = (async () => { for await (const piece of out) pieces.push(piece) })()
  await writer.put({ cid: block, bytes })
  await writer.close()
  await collected
  const taken = await post('/dag/import?visibility=public', Buffer.concat(pieces), 'application/vnd.ipld.car')
  equal(taken.roots[0], block.toString(), 'root')
  equal(await bytesOf(`/ipfs/${block}?format=raw`), bytes, 'content')
})

await check('a sharded directory made elsewhere', async () => {
  const { writer, out } = CarWriter.create([folder])
  const pieces = []
  const collected = (async () => { for await (const piece of out) pieces.push(piece) })()
  const written = new Set()
  const walk = async cid => {
    if (written.has(cid.toString())) return
    written.add(cid.toString())
    const bytes = await many.get(cid)
    await writer.put({ cid, bytes })
    if (cid.code === dagPb.code) for (const link of dagPb.decode(bytes).Links) await walk(link.Hash)
  }
  await walk(folder)
  await writer.close()
  await collected
  const taken = await post('/dag/import?visibility=public', Buffer.concat(pieces), 'application/vnd.ipld.car')
  equal(taken.roots[0], folder.toString(), 'root')
  for (const name of names.filter((_, number) => number % 100 === 7)) {
    equal(new TextDecoder().decode(await bytesOf(`/ipfs/${folder}/${encodeURIComponent(name)}`)), name, name)
  }
  equal((await fetch(`${url}/ipfs/${folder}/nothing.txt`)).status, 404, 'what is not in it')
})
await check('its list', async () => {
  const list = new TextDecoder().decode(await bytesOf(`/ipfs/${folder}/`))
  for (const name of names) if (!list.includes(`>${name}<`)) throw new Error(`${name} is not listed`)
})
await check('the archive of the directory without its files', async () => {
  const { store, count } = await storeOf(await bytesOf(`/ipfs/${folder}?format=car&dag-scope=entity`))
  let found = 0
  const walk = async cid => {
    for (const link of dagPb.decode(await store.get(cid)).Links) {
      if (link.Name.length > 2) found++
      else await walk(link.Hash)
    }
  }
  await walk(folder)
  equal(found, names.length, 'entries')
  if (count >= names.length) throw new Error(`${count} blocks: the files came too`)
})
await check('the archive of the way to one file', async () => {
  const { store } = await storeOf(await bytesOf(`/ipfs/${folder}/${encodeURIComponent(names[77])}?format=car`))
  const entry = await exporter(`${folder}/${names[77]}`, store)
  const pieces = []
  for await (const piece of entry.content()) pieces.push(piece)
  equal(new TextDecoder().decode(Buffer.concat(pieces)), names[77], 'content')
})
await check('a block under another hash', async () => {
  const bytes = new TextEncoder().encode('hashed at length')
  const block = CID.createV1(raw.code, await sha512.digest(bytes))
  const { writer, out } = CarWriter.create([block])
  const pieces = []
  const collected = (async () => { for await (const piece of out) pieces.push(piece) })()
  await writer.put({ cid: block, bytes })
  await writer.close()
  await collected
  await post('/dag/import?visibility=public', Buffer.concat(pieces), 'application/vnd.ipld.car')
  equal(await bytesOf(`/ipfs/${block}?format=raw`), bytes, 'content')
})

// Blocks that can be reached from `root` over links, itself included.
async function countBelow (root, store) {
  const seen = new Set()
  const walk = async value => {
    const cid = CID.asCID(value)
    if (cid !== null) {
      if (seen.has(cid.toString())) return
      seen.add(cid.toString())
      if (cid.code === dagCbor.code) await walk(dagCbor.decode(await store.get(cid)))
    } else if (value !== null && typeof value === 'object') {
      for (const each of Object.values(value)) await walk(each)
    }
  }
  await walk(root)
  return seen.size
}

await check('the archive of a DID', async () => {
  const created = await post('/identity/did/create', '{"method":"icn"}', 'application/json')
  const rotated = await fetch(`${url}/identity/did/${created.did}/rotate`, {
    method: 'POST', body: '{}', headers: { 'x-api-key': key, 'content-type': 'application/json' }
  })
  equal(rotated.status, 200, 'status of the rotation')
  const car = await bytesOf(`/identity/did/${created.did}/export`, { 'x-api-key': key })
  const { store, count } = await storeOf(car)
  const [root] = await (await CarReader.fromBytes(car)).getRoots()
  const archive = dagCbor.decode(await store.get(root))
  equal(archive.did, created.did, 'did')
  equal(archive.documents.length, 2, 'versions')
  const [newest, first] = await Promise.all(archive.documents.map(async cid => dagCbor.decode(await store.get(cid))))
  equal(newest.version, 2, 'newest version')
  equal(newest.previous.toString(), archive.documents[1].toString(), 'link to the version before')
  equal(first.version, 1, 'first version')
  const mana = dagCbor.decode(await store.get(archive.parts.mana))
  equal(await countBelow(root, store), count, 'blocks that the root leads to, of all')
  const history = dagCbor.decode(await store.get(mana.pages[0]))
  equal(history.items.at(-1).kind, 'grant', 'first item of the history')
  equal(BigInt(mana.account.balance), 1_750_000n - 5_000n, 'millimana after the fee of the rotation')
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
