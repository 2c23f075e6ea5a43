// Opens /system/docs of a node in Chromium.
//   node check.mjs CHROMIUM URL API-KEY
import { chromium } from 'playwright-core'

const [executablePath, url, key] = process.argv.slice(2)
let passed = 0
let failed = 0

function check (name, is, found) {
  if (is) return passed++
  failed++
  console.log(`FAILED ${name}: ${JSON.stringify(found)?.slice(0, 500)}`)
}

const document = await (await fetch(url + '/system/openapi.json')).json()
const operations = Object.entries(document.paths)
  .flatMap(([path, item]) => Object.keys(item).map(method => `${method.toUpperCase()} ${path}`))

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const page = await browser.newPage()
  const errors = []
  const outside = []
  page.on('console', message => { if (message.type() === 'error') errors.push(message.text()) })
  page.on('pageerror', error => errors.push(String(error)))
  page.on('request', request => {
    const asked = request.url()
    if (!asked.startsWith(url + '/') && !asked.startsWith('data:')) outside.push(asked)
  })
  const answer = await page.goto(url + '/system/docs')
  check('status', answer.status() === 200, answer.status())
  check('policy', (answer.headers()['content-security-policy'] ?? '').includes("default-src 'none'"), answer.headers())
  await page.waitForSelector('details.op', { timeout: 10000 })
  const shown = await page.$$eval('details.op > summary', all => all.map(each =>
    each.querySelector('.method').textContent.trim() + ' ' + each.querySelector('.path').textContent.trim()))
  const missing = operations.filter(each => !shown.includes(each))
  check('every endpoint is listed', missing.length === 0 && shown.length === operations.length, { missing, shown: shown.length })

  // An operation opens, says what it takes, and can be tried from the page.
  const first = page.locator('details.op', { has: page.locator('.path', { hasText: /^\/system\/config$/ }) })
  await first.locator('summary').click()
  check('an operation opens', (await first.innerText()).includes('/system/config'), await first.innerText())
  const keyField = page.locator('input[type=password], input#key').first()
  if (await keyField.count()) {
    await keyField.fill(key)
    await first.locator('button').first().click()
    await page.waitForFunction(() => document.body.innerText.includes('profile = '), undefined, { timeout: 10000 })
      .then(() => check('tried with the key', true), error => check('tried with the key', false, error.message))
  } else {
    check('a field for the key', false, 'there is none')
  }
  check('no error in the console', errors.length === 0, errors)
  check('nothing asked outside the node', outside.length === 0, outside)
} finally {
  await browser.close()
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
