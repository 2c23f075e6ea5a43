// Holds the OpenAPI document of a node against foreign validators.
//   node check.mjs URL
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const [url] = process.argv.slice(2)
let passed = 0
let failed = 0

function check (name, problem) {
  if (!problem) return passed++
  failed++
  console.log(`FAILED ${name}: ${problem}`)
}

const document = await (await fetch(url + '/system/openapi.json')).json()
const validator = new Validator()
const verdict = await validator.validate(structuredClone(document))
check('OpenAPI 3.1', verdict.valid && validator.version === '3.1' ? '' : JSON.stringify(verdict.errors))

// The validator must be able to say no.
const broken = structuredClone(document)
delete broken.info.title
check('a document without a title', (await new Validator().validate(broken)).valid ? 'was accepted' : '')

// Each component schema compiles as JSON Schema 2020-12; references are taken from the document.
const ajv = addFormats.default(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }))
const names = Object.keys(document.components.schemas)
ajv.addVocabulary(['components'])
ajv.addSchema({ $id: 'icn:document', components: document.components }, 'icn:document')
for (const name of names) {
  try {
    ajv.compile({ $ref: `icn:document#/components/schemas/${name}` })
    passed++
  } catch (error) {
    check(`schema ${name}`, error.message)
  }
}
check('component schemas', names.length > 20 ? '' : `only ${names.length}`)

// An answer of the node fits the schema its operation names.
for (const path of ['/system/status', '/mesh/jobs', '/economics/mana/supply']) {
  const schema = document.paths[path].get.responses['200'].content['application/json'].schema
  const fits = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"icn:document#/components')))
  check(`answer of ${path}`, fits(await (await fetch(url + path)).json()) ? '' : JSON.stringify(fits.errors))
}

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
