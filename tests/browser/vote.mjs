// Votes on /vote of a node in Chromium: with a key that stays in the browser, and with one the node keeps.
//   node vote.mjs CHROMIUM URL ICN FOLDER      FOLDER: an empty one; ICN_DATA_PATH names the node's data
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [executablePath, url, icn, folder] = process.argv.slice(2)
let passed = 0
let failed = 0

function check (name, is, found) {
  if (is) return passed++
  failed++
  console.log(`FAILED ${name}: ${JSON.stringify(found)?.slice(0, 500)}`)
}

// --- two members and what they vote on

function run (words, environment = {}) {
  const said = execFileSync(icn, ['--json', ...words], { cwd: folder, env: { ...process.env, ICN_URL: url, ...environment }, encoding: 'utf8' })
  return said ? JSON.parse(said) : null
}
const get = async path => (await fetch(url + path)).json()
const ballotOf = async (proposal, did) => (await get(`/governance/proposals/${proposal}/votes?voter=${did}`)).items[0]?.ballot

run(['did', 'key', 'new', 'ada.key', '--no-passphrase'])
const ada = run(['--key', 'ada.key', 'did', 'create']).did
run(['did', 'key', 'new', 'eve.key', '--no-passphrase'])
run(['did', 'key', 'new', 'sealed.key'], { ICN_KEY_PASSPHRASE: 'correct horse' })
const apiKey = run(['keys', 'create', '--label', 'ben', '--role', 'member']).key
const asBen = { ICN_API_KEY: apiKey }
const ben = run(['did', 'create'], asBen).did
const seed = JSON.parse(readFileSync(`${folder}/ada.key`, 'utf8')).seed
const propose = (title, ...words) => run(['proposal', 'create', `${title}: a proposal to try the page with.`, '--title', title,
  '--action', '{"type":"GenericText","data":{}}', ...words], { ...asBen, ICN_DID: ben }).proposal_id
const bread = propose('Bread', '--closes-early')
const name = propose('Name', '--method', 'ranked_choice', '--choice', 'rye=The Rye', '--choice', 'oat=The Oat', '--choice', 'emmer=Emmer & Son')
const oven = propose('Oven', '--method', 'consent')

// --- the page

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
const errors = []
const outside = []
const sent = []
try {
  const page = await browser.newPage()
  page.on('console', message => { if (message.type() === 'error') errors.push(message.text() + ' ' + message.location().url) })
  page.on('pageerror', error => errors.push(String(error)))
  page.on('request', request => {
    if (!request.url().startsWith(url + '/')) outside.push(request.url())
    sent.push([request.method(), request.url(), JSON.stringify(request.headers()), request.postData() ?? ''].join(' '))
  })
  const said = text => page.waitForFunction(wanted => document.getElementById('said').textContent.includes(wanted), text, { timeout: 10000 })
    .then(() => true, () => false)
  const saidNow = () => page.textContent('#said')
  const articleOf = proposal => page.locator(`article[data-proposal="${proposal}"]`)
  const inside = () => page.waitForSelector('#inside:not([hidden])', { timeout: 10000 }).then(() => true, () => false)
  const enterWithFiles = async (files, did = '') => {
    await page.setInputFiles('#key-file', files)
    await page.fill('#key-did', did)
    await page.click('#key-form button')
  }
  const receiptOf = async proposal => {
    const part = articleOf(proposal).locator('.mine')
    await part.getByRole('button', { name: 'Check its receipt' }).click()
    await part.locator('.checks li, .bad').first().waitFor({ timeout: 10000 })
    return part.locator('.checks li, .bad').allInnerTexts()
  }

  const answer = await page.goto(url + '/vote')
  const policy = answer.headers()['content-security-policy'] ?? ''
  check('status', answer.status() === 200, answer.status())
  check('policy', policy.includes("default-src 'none'") && /script-src 'sha256-/.test(policy) && !policy.includes('unsafe'), policy)
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.injected = 1' })))
  check('no other script runs', await page.evaluate(() => window.injected === undefined), 'it ran')
  check('that was said', errors.length === 1 && errors[0].includes('Content Security Policy'), errors)
  errors.length = 0
  check('every field has a label', await page.$$eval('input, select, textarea', all => all.every(each => each.labels.length === 1)), 'one has none')

  // Who cannot enter is told why, and nothing is shown.
  await enterWithFiles([`${folder}/sealed.key`], ada)
  check('a key under a passphrase', await said('protected by a passphrase'), await saidNow())
  await enterWithFiles([`${folder}/eve.key`], ada)
  check('a key of somebody else', await said('is none of ' + ada), await saidNow())
  writeFileSync(`${folder}/mixed.key`, JSON.stringify({ ...JSON.parse(readFileSync(`${folder}/eve.key`, 'utf8')), did: JSON.parse(readFileSync(`${folder}/ada.key`, 'utf8')).did }))
  await enterWithFiles([`${folder}/mixed.key`], ada)
  check('a file that names another key', await said('names another key than it holds'), await saidNow())
  check('nobody is inside', await page.isHidden('#inside'), 'somebody is')

  // Ada, whose key stays here.
  await enterWithFiles([`${folder}/ada.key`, `${folder}/ada.key.did`])
  check('ada enters', await inside(), await saidNow())
  check('as herself', await page.textContent('#who') === ada, await page.textContent('#who'))
  check('with all proposals', await page.locator('#open article').count() === 3, await page.locator('#open').innerText())
  await articleOf(bread).getByRole('radio', { name: 'yes', exact: true }).check()
  await articleOf(bread).getByRole('button', { name: 'Cast' }).click()
  check('a ballot', await said('Your ballot is taken'), await saidNow())
  check('is on the ledger', (await ballotOf(bread, ada))?.choice === 'yes', await ballotOf(bread, ada))
  check('and shown', (await articleOf(bread).innerText()).includes('Your ballot: yes'), await articleOf(bread).innerText())
  check('a final one is asked for once', await articleOf(bread).locator('form').count() === 0, 'it is asked for again')
  const before = await receiptOf(bread)
  check('its receipt, before the count', before.length === 2 && before.every(each => each.startsWith('\u2713')), before)

  const rank = (option, place) => articleOf(name).getByLabel(option).selectOption(place)
  await rank('The Rye', '1')
  await rank('Emmer & Son', '1')
  await articleOf(name).getByRole('button').last().click()
  check('two first ranks', await said('each rank once'), await saidNow())
  check('are no ballot', await ballotOf(name, ada) === undefined, await ballotOf(name, ada))
  await rank('Emmer & Son', '2')
  await articleOf(name).getByRole('button').last().click()
  check('a ranking', await said('Your ballot is taken'), await saidNow())
  check('as it was made', JSON.stringify((await ballotOf(name, ada))?.ranking) === '["rye","emmer"]', await ballotOf(name, ada))
  check('it is shown in words', (await articleOf(name).innerText()).includes('The Rye, then Emmer & Son'), await articleOf(name).innerText())
  await rank('The Oat', '1')
  await articleOf(name).getByRole('button', { name: 'Cast another in its place' }).click()
  check('another in its place', await said('number 2 of this vote'), await saidNow())
  check('is the one that counts', JSON.stringify((await ballotOf(name, ada))?.ranking) === '["oat"]', await ballotOf(name, ada))

  await articleOf(oven).getByRole('radio', { name: 'objection', exact: true }).check()
  await articleOf(oven).getByRole('button', { name: 'Cast' }).click()
  check('an objection without a reason', await said('bad_ballot'), await saidNow())
  check('is refused by the node alone', errors.length === 1 && errors[0].includes('422'), errors)
  errors.length = 0
  await articleOf(oven).getByRole('radio', { name: 'concern', exact: true }).check()
  await articleOf(oven).getByRole('textbox').fill('It is a lot of money for one oven.')
  await articleOf(oven).getByRole('button', { name: 'Cast' }).click()
  check('a concern', await said('Your ballot is taken'), await saidNow())
  check('with its reason', (await ballotOf(oven, ada))?.reason === 'It is a lot of money for one oven.', await ballotOf(oven, ada))

  const mana = await get('/economics/mana/explain?did=' + ada)
  const explained = await page.locator('#mana').innerText()
  check('mana', new RegExp(`You have ${Math.floor(mana.balance)}`).test(explained) && explained.includes(`up to ${mana.cap}`), explained)
  check('each factor with its reason', mana.factors.length > 5 && mana.factors.every(each => explained.includes(each.input) && explained.includes(each.would_change)), explained)

  // The last of the two closes the vote; then the receipt leads to the count.
  run(['vote', 'cast', bread, '--choice', 'yes'], { ...asBen, ICN_DID: ben })
  await page.click('#again')
  await page.locator(`#done article[data-proposal="${bread}"]`).waitFor({ timeout: 10000 })
  check('the result', (await articleOf(bread).innerText()).includes('passed'), await articleOf(bread).innerText())
  const after = await receiptOf(bread)
  check('its receipt, after the count', after.length === 4 && after.every(each => each.startsWith('\u2713')), after)

  // A node that lies about the ballot, the tree or the count is found out.
  const lies = {
    'another leaf': receipt => { receipt.leaf_hash = receipt.leaf_hash.replace(/^../, pair => pair === '00' ? '01' : '00') },
    'another time': receipt => { receipt.accepted_at += 1 },
    'another place': receipt => { receipt.sequence = 2 },
    'another path': receipt => { receipt.inclusion.path[0] = receipt.leaf_hash },
    'another root': receipt => { receipt.inclusion.root = receipt.leaf_hash }
  }
  for (const [lie, tell] of Object.entries(lies)) {
    await page.route('**/receipts/*', async route => {
      const answer = await route.fetch()
      const receipt = await answer.json()
      tell(receipt)
      await route.fulfill({ response: answer, json: receipt })
    })
    const found = await receiptOf(bread).then(async first => first, error => [error.message])
    await page.waitForFunction(id => document.querySelector(`article[data-proposal="${id}"] .checks .bad`), bread, { timeout: 10000 }).catch(() => {})
    check(lie, (await articleOf(bread).locator('.checks .bad').count()) > 0, found)
    await page.unroute('**/receipts/*')
  }

  await page.click('#leave')
  check('who leaves leaves nothing', await page.isHidden('#inside') && (await page.textContent('#open')) === '', await page.textContent('#open'))
  check('the key never left the browser', sent.length > 20 && !sent.some(each => each.includes(seed)), sent.find(each => each.includes(seed)))

  // Ben, whose key the node keeps.
  await page.fill('#api-key', apiKey)
  await page.fill('#api-did', ben)
  await page.click('#api-form button')
  check('ben enters', await inside(), await saidNow())
  check('what he proposed', (await articleOf(name).innerText()).includes('proposed by you'), await articleOf(name).innerText())
  await rank('The Rye', '1')
  await articleOf(name).getByRole('button', { name: 'Cast' }).click()
  check('a ballot the node signs', await said('number 3 of this vote'), await saidNow())
  check('is his', JSON.stringify((await ballotOf(name, ben))?.ranking) === '["rye"]', await ballotOf(name, ben))
  const kept = await receiptOf(name)
  check('its receipt', kept.length === 2 && kept.every(each => each.startsWith('\u2713')), kept)

  check('no error in the console', errors.length === 0, errors)
  check('nothing asked outside the node', outside.length === 0, outside)
} finally {
  await browser.close()
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
