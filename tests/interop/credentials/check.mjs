// Credentials between a node and foreign libraries, both ways.
//   node check.mjs URL API-KEY ISSUER HOLDER     the node keeps the keys of both DIDs for the API key
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { createServer } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import * as jcsSuite from '@digitalbazaar/eddsa-jcs-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { compactVerify, CompactSign, importJWK } from 'jose'

const [url, key, issuer, holder] = process.argv.slice(2)
let passed = 0
let failed = 0

async function check (name, body) {
  try {
    await body()
    passed++
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.stack ?? error}`)
  }
}

function ensure (condition, what) {
  if (!condition) throw new Error(what)
}

async function post (path, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-api-key': key, 'content-type': 'application/json' }
  })
  const answer = await response.json()
  if (response.status >= 300) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

const document = async did => (await fetch(`${url}/identity/did/${did}`)).json()
const issue = async (claims, options, more = {}) =>
  (await post('/identity/credentials/issue', { issuer, holder, type: 'OrganizationMember', claims, options, ...more })).verifiableCredential
const verified = (credential, options = {}) =>
  post('/identity/credentials/verify', { verifiableCredential: credential, options })
const reasons = answer => JSON.stringify(answer.checks.filter(each => !each.ok))

// Keys

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
function base58 (text) {
  let number = 0n
  for (const c of text) number = number * 58n + BigInt(alphabet.indexOf(c))
  return Buffer.from(number.toString(16).padStart(68, '0'), 'hex')
}
const jwkOf = multibase => ({ kty: 'OKP', crv: 'Ed25519', x: base58(multibase.slice(1)).subarray(2).toString('base64url') })

async function jwkOfMethod (id) {
  const held = (await document(id.split('#')[0])).verificationMethod.find(each => each.id === id)
  ensure(held, `no method ${id}`)
  return jwkOf(held.publicKeyMultibase)
}

// A foreign issuer with a did:key.
const pair = await Ed25519Multikey.generate()
const foreign = `did:key:${pair.publicKeyMultibase}`
pair.id = `${foreign}#${pair.publicKeyMultibase}`
pair.controller = foreign
const exported = await pair.export({ publicKey: true, secretKey: true, raw: true })
const foreignSecret = createPrivateKey({
  format: 'jwk',
  key: { ...jwkOf(pair.publicKeyMultibase), d: Buffer.from(exported.secretKey.subarray(0, 32)).toString('base64url') }
})

// Data Integrity

const undefinedTerms = { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/undefined-term#' } }
async function load (name) {
  if (name === 'https://www.w3.org/ns/credentials/undefined-terms/v2') return { contextUrl: null, documentUrl: name, document: undefinedTerms }
  if (name.startsWith('did:')) {
    const found = await document(name.split('#')[0])
    if (!name.includes('#')) return { contextUrl: null, documentUrl: name, document: found }
    const method = found.verificationMethod.find(each => each.id === name)
    ensure(method, `no method ${name}`)
    return { contextUrl: null, documentUrl: name, document: { '@context': 'https://w3id.org/security/multikey/v1', ...method } }
  }
  return vc.defaultDocumentLoader(name)
}
const reader = () => new DataIntegrityProof({ cryptosuite: jcsSuite.createVerifyCryptosuite() })
const checkedByForeign = credential =>
  vc.verifyCredential({ credential, suite: reader(), documentLoader: load, checkStatus: async () => ({ verified: true }) })

const ours = await issue({ role: 'baker', voting: true }, {}, { schema: 'icn:cooperative:membership:v1' })
await check('a credential of ours holds for vc', async () => {
  const result = await checkedByForeign(ours)
  ensure(result.verified, JSON.stringify(result.error?.errors?.map(each => each.message) ?? result.error))
})
await check('a changed one does not', async () => {
  const changed = structuredClone(ours)
  changed.credentialSubject.role = 'chair'
  ensure(!(await checkedByForeign(changed)).verified, 'it was accepted')
  ensure(!(await verified(changed)).verified, 'the node accepted it')
})

const unsigned = {
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
  id: 'urn:uuid:0b3a2c3e-6b1e-4d0e-9b77-6cb0b2c2f1aa',
  type: ['VerifiableCredential', 'Skill'],
  issuer: foreign,
  validFrom: new Date(Date.now() - 60000).toISOString().replace(/\.\d+Z/, 'Z'),
  credentialSubject: { id: holder, skill: 'Brot b\u00e4cken', years: 7, ratio: 0.1 }
}
const theirs = await vc.issue({
  credential: structuredClone(unsigned),
  suite: new DataIntegrityProof({ signer: pair.signer(), cryptosuite: jcsSuite.createSignCryptosuite() }),
  documentLoader: load
})
await check('a credential of vc holds for the node', async () => {
  const answer = await verified(theirs)
  ensure(answer.verified, reasons(answer))
})
await check('a changed one does not', async () => {
  const changed = structuredClone(theirs)
  changed.credentialSubject.years = 8
  ensure(!(await verified(changed)).verified, 'it was accepted')
})
await check('a presentation of ours holds for vc', async () => {
  const shown = await post('/identity/credentials/disclose', { credential: ours, verifier: 'shop.example', challenge: 'c-1' })
  const options = { presentation: shown.presentation, suite: reader(), documentLoader: load, challenge: 'c-1', domain: 'shop.example', checkStatus: async () => ({ verified: true }) }
  const result = await vc.verify(options)
  ensure(result.verified, JSON.stringify(result.error?.errors?.map(each => each.message) ?? result.error))
  ensure(!(await vc.verify({ ...options, challenge: 'c-2' })).verified, 'another challenge was accepted')
})
await check('the status list is one, and changes', async () => {
  const entry = ours.credentialStatus.find(each => each.statusPurpose === 'revocation')
  const bit = async () => {
    const list = await (await fetch(entry.statusListCredential)).json()
    ensure((await checkedByForeign(list)).verified, 'the list does not hold for vc')
    const bytes = gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url'))
    ensure(bytes.length === 16384, `${bytes.length} bytes`)
    const index = Number(entry.statusListIndex)
    return (bytes[index >> 3] >> (7 - index % 8)) & 1
  }
  ensure(await bit() === 0, 'it was set')
  const listed = await (await fetch(`${url}/identity/credentials?issuer=${issuer}`, { headers: { 'x-api-key': key } })).json()
  await post('/identity/credentials/revoke', { cid: listed.items.at(-1).cid, reason: 'left' })
  ensure(await bit() === 1, 'it was not set')
})

// VC-JWT

await check('a JWT of ours holds for jose', async () => {
  const jwt = await issue({ role: 'baker' }, { format: 'vc+jwt' })
  const header = JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'))
  const result = await compactVerify(jwt, await importJWK(await jwkOfMethod(header.kid), 'EdDSA'))
  ensure(result.protectedHeader.typ === 'vc+jwt', 'typ')
  ensure(JSON.parse(new TextDecoder().decode(result.payload)).issuer === issuer, 'issuer')
})
const signJwt = (payload, header = {}) => new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
  .setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt', cty: 'vc', kid: pair.id, ...header })
  .sign(foreignSecret)
await check('a JWT of jose holds for the node', async () => {
  const answer = await verified(await signJwt(unsigned))
  ensure(answer.verified, reasons(answer))
})
await check('JWTs of another issuer, kind or time do not', async () => {
  for (const [payload, header] of [
    [{ ...unsigned, issuer }, {}],
    [unsigned, { typ: 'JWT' }],
    [unsigned, { kid: `${issuer}#key-1` }],
    [{ ...unsigned, validUntil: '2020-01-01T00:00:00Z', validFrom: '2019-01-01T00:00:00Z' }, {}],
    [{ ...unsigned, exp: 1500000000 }, {}]
  ]) ensure(!(await verified(await signJwt(payload, header))).verified, JSON.stringify([payload.issuer, header]))
})

// SD-JWT VC

const hasher = (data, algorithm) => createHash(algorithm.replace('-', '')).update(typeof data === 'string' ? data : Buffer.from(data)).digest()
const saltGenerator = length => randomBytes(length).toString('base64url')
const signer = secret => data => sign(null, Buffer.from(data), secret).toString('base64url')
const verifier = jwk => {
  const publicKey = createPublicKey({ format: 'jwk', key: jwk })
  return (data, signature) => verify(null, Buffer.from(data), publicKey, Buffer.from(signature, 'base64url'))
}
const holderPair = generateKeyPairSync('ed25519')

await check('an SD-JWT of ours, shown in part, holds for sd-jwt-vc', async () => {
  const whole = await issue({ role: 'baker', scope: 'Basel' }, { format: 'dc+sd-jwt', disclosable: ['role', 'scope'] })
  const shown = (await post('/identity/credentials/disclose', { credential: whole, fields: ['role'], verifier: 'https://shop.example', challenge: 'n-1' })).presentation
  const header = JSON.parse(Buffer.from(shown.split('.')[0], 'base64url'))
  const instance = new SDJwtVcInstance({
    hasher,
    hashAlg: 'sha-256',
    verifier: verifier(await jwkOfMethod(header.kid)),
    kbVerifier: (data, signature, payload) => verifier(payload.cnf.jwk)(data, signature)
  })
  const result = await instance.verify(shown, { keyBindingNonce: 'n-1' })
  ensure(result.payload.role === 'baker' && result.payload.scope === undefined, JSON.stringify(result.payload))
  ensure(result.payload.iss === issuer && result.payload.vct === 'OrganizationMember', JSON.stringify(result.payload))
  ensure(result.kb.payload.aud === 'https://shop.example', JSON.stringify(result.kb))
})
const issuing = new SDJwtVcInstance({
  signer: signer(foreignSecret),
  signAlg: 'EdDSA',
  verifier: verifier(jwkOf(pair.publicKeyMultibase)),
  hasher,
  hashAlg: 'sha-256',
  saltGenerator,
  kbSigner: signer(holderPair.privateKey),
  kbSignAlg: 'EdDSA'
})
const now = Math.floor(Date.now() / 1000)
const foreignToken = await issuing.issue(
  { iss: foreign, iat: now, vct: 'https://skills.example/baker', cnf: { jwk: holderPair.publicKey.export({ format: 'jwk' }) }, skill: 'rye', address: { city: 'Basel', street: 'Rheingasse' }, tags: ['a', 'b'] },
  { _sd: ['skill', 'address'], address: { _sd: ['street'] }, tags: { _sd: [0] } },
  { header: { kid: pair.id } }
)
const shownAs = async (nonce, frame = { skill: true, tags: { 0: true } }) =>
  issuing.present(foreignToken, frame, { kb: { payload: { aud: 'https://shop.example', iat: now, nonce } } })
await check('an SD-JWT of sd-jwt-vc, shown in part, holds for the node', async () => {
  const answer = await verified(await shownAs('n-2'), { challenge: 'n-2', domain: 'https://shop.example' })
  ensure(answer.verified, reasons(answer))
  ensure(answer.disclosed.skill === 'rye' && answer.disclosed.address === undefined, JSON.stringify(answer.disclosed))
  ensure(JSON.stringify(answer.disclosed.tags) === '["a","b"]', JSON.stringify(answer.disclosed))
})
await check('with another challenge, verifier or selection it does not', async () => {
  const shown = await shownAs('n-2')
  ensure(!(await verified(shown, { challenge: 'n-3' })).verified, 'challenge')
  ensure(!(await verified(shown, { challenge: 'n-2', domain: 'https://other.example' })).verified, 'verifier')
  const parts = shown.split('~')
  parts.splice(1, 1)
  ensure(!(await verified(parts.join('~'), { challenge: 'n-2' })).verified, 'selection')
})

// An SD-JWT that somebody was shown cannot be shown on by them, whatever they wrap it in
await check('a shown SD-JWT does not hold in a presentation of another', async () => {
  const shown = await shownAs('n-2')
  const wrapped = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    verifiableCredential: [{ '@context': 'https://www.w3.org/ns/credentials/v2', id: `data:application/dc+sd-jwt,${shown}`, type: 'EnvelopedVerifiableCredential' }]
  }
  const header = { alg: 'EdDSA', typ: 'vp+jwt', kid: pair.id }
  const presentation = await new CompactSign(new TextEncoder().encode(JSON.stringify({ ...wrapped, nonce: 'n-9', aud: 'shop.example' }))).setProtectedHeader(header).sign(foreignSecret)
  const answer = await post('/identity/credentials/verify', { verifiablePresentation: presentation, options: { challenge: 'n-9', domain: 'shop.example' } })
  ensure(!answer.verified && answer.checks.some(each => each.name === 'holder' && !each.ok), JSON.stringify(answer.checks))
})

// did:web, with a status list and a schema, all on a web server of the issuer's

const pages = {}
const site = createServer((request, response) => {
  const page = pages[request.url]
  response.writeHead(page ? 200 : 404, { 'content-type': 'application/json' })
  response.end(page ? JSON.stringify(page) : '')
})
await new Promise(resolve => site.listen(0, '127.0.0.1', resolve))
const home = `http://127.0.0.1:${site.address().port}`
const webDid = `did:web:127.0.0.1%3A${site.address().port}:baker`
const webPair = await Ed25519Multikey.generate({ id: `${webDid}#key`, controller: webDid })
const method = await webPair.export({ publicKey: true, includeContext: false })
pages['/baker/did.json'] = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: webDid,
  verificationMethod: [method],
  assertionMethod: [method.id]
}
pages['/skill.json'] = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { credentialSubject: { type: 'object', required: ['skill'] } } }
const signedByBaker = credential => vc.issue({
  credential,
  suite: new DataIntegrityProof({ signer: webPair.signer(), cryptosuite: jcsSuite.createSignCryptosuite() }),
  documentLoader: load
})
async function publishList (name, revoked) {
  const bits = Buffer.alloc(131072 / 8)
  for (const index of revoked) bits[index >> 3] |= 0x80 >> (index % 8)
  pages[name] = await signedByBaker({
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    id: home + name,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: webDid,
    validFrom: '2025-01-01T00:00:00Z',
    credentialSubject: { id: `${home}${name}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList: 'u' + gzipSync(bits).toString('base64url') }
  })
}
await publishList('/list-1', [94])
await publishList('/list-2', [93, 95])
const listedAt = (list, more = {}) => signedByBaker({
  ...structuredClone(unsigned),
  id: 'urn:uuid:' + randomBytes(16).toString('hex'),
  issuer: webDid,
  credentialSchema: { id: home + '/skill.json', type: 'JsonSchema' },
  credentialStatus: { id: `${home}${list}#94`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '94', statusListCredential: home + list },
  ...more
})
await check('a credential of a did:web holds, by its list and schema', async () => {
  const answer = await verified(await listedAt('/list-2'))
  ensure(answer.verified, reasons(answer))
})
await check('one that its list calls revoked does not', async () => {
  const answer = await verified(await listedAt('/list-1'))
  ensure(!answer.verified && answer.checks.find(each => !each.ok).name === 'status', reasons(answer))
})
await check('nor one whose list is nowhere, or whose claims do not fit', async () => {
  const lost = await verified(await listedAt('/list-3'))
  ensure(!lost.verified && /404/.test(lost.checks.find(each => !each.ok).reason), reasons(lost))
  const other = await verified(await listedAt('/list-2', { credentialSubject: { id: holder, name: 'x' } }))
  ensure(!other.verified && other.checks.find(each => !each.ok).name === 'schema', reasons(other))
})
site.close()

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
