import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAbort } from '../../../src/core/errors.ts'
import { fetchFile, fetchText, type Progress } from '../../../src/tools/download.ts'
import { diskError, WayFailed } from '../../../src/tools/way-failed.ts'
import { type Answer, publisher, sha256, tempFolder } from './fixture.ts'

const CONTENT = Buffer.alloc(300_000, 'x')

let temp: ReturnType<typeof tempFolder>
let site: Awaited<ReturnType<typeof publisher>>
let to: string
beforeEach(async () => {
  temp = tempFolder()
  site = await publisher({})
  to = join(temp.path, 'file')
})
afterEach(async () => {
  await site.close()
  temp.remove()
})

const fails = async (promise: Promise<unknown>): Promise<WayFailed> => {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(WayFailed)
  return error
}

describe('fetchFile', () => {
  it('writes the body, answers its checksum, and tells bytes of bytes', async () => {
    site.routes['/file'] = CONTENT
    const seen: Progress[] = []
    const hex = await fetchFile({
      url: `${site.origin}/file`,
      to,
      algorithm: 'sha256',
      onProgress: (progress) => seen.push(progress),
    })
    expect(hex).toBe(sha256(CONTENT))
    expect(readFileSync(to)).toEqual(CONTENT)
    expect(seen.at(-1)).toEqual({ done: 300_000, total: 300_000 })
  })

  it('follows redirects', async () => {
    site.routes['/old'] = (_, response) => response.writeHead(302, { location: '/new' }).end()
    site.routes['/new'] = 'moved'
    expect(await fetchText({ url: `${site.origin}/old` })).toBe('moved')
  })

  it('names the status and the path of an answer that is no file', async () => {
    const error = await fails(fetchFile({ url: `${site.origin}/none`, to, algorithm: 'sha256' }))
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ answered 404 for \/none$/)
    expect(error.unreachableHost).toBeUndefined()
  })

  it('notices a body that ends early', async () => {
    site.routes['/file'] = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length })
      response.write(CONTENT.subarray(0, 1000), () => response.destroy())
    }
    const error = await fails(fetchFile({ url: `${site.origin}/file`, to, algorithm: 'sha256' }))
    expect(error.message).toMatch(/broke off/)
  })

  describe('that broke off', () => {
    /**
     * Sends `portion` bytes of what is asked for, and breaks off when `received` hears that they have arrived; `honest`
     * publishers start where they are asked to.
     */
    const breakingOff = (portion: number, options: { honest: boolean }) => {
      let upTo = 0
      let breakOff = () => {}
      const route: Answer = (request, response) => {
        const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
        const from = options.honest ? asked : 0
        const rest = CONTENT.subarray(from)
        response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length, 'accept-ranges': 'bytes' })
        // The second time of a publisher that starts anew is the last.
        if (rest.length <= portion || (asked > 0 && !options.honest)) {
          response.end(rest)
          return
        }
        upTo = from + portion
        breakOff = () => response.destroy()
        response.write(rest.subarray(0, portion))
      }
      const received = ({ done }: Progress) => {
        if (done === upTo) breakOff()
      }
      return { route, received }
    }
    const resumeAfterMs = [1, 1, 1]

    it('goes on where it was', async () => {
      const { route, received } = breakingOff(100_000, { honest: true })
      site.routes['/file'] = route
      const seen: Progress[] = []
      const onProgress = (progress: Progress) => {
        seen.push(progress)
        received(progress)
      }
      const url = `${site.origin}/file`
      expect(await fetchFile({ url, to, algorithm: 'sha256', resumeAfterMs, onProgress })).toBe(sha256(CONTENT))
      expect(readFileSync(to)).toEqual(CONTENT)
      expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b))
      expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([CONTENT.length]))
      expect(site.requests).toHaveLength(3)
    })

    it('begins again when the publisher sends everything anew', async () => {
      const { route, received } = breakingOff(1000, { honest: false })
      site.routes['/file'] = route
      const url = `${site.origin}/file`
      const hex = await fetchFile({ url, to, algorithm: 'sha256', resumeAfterMs, onProgress: received })
      expect(hex).toBe(sha256(CONTENT))
      expect(readFileSync(to)).toEqual(CONTENT)
      expect(site.requests).toHaveLength(2)
    })

    it('is given up after some tries', async () => {
      const { route, received: onProgress } = breakingOff(10, { honest: true })
      site.routes['/file'] = route
      await fails(fetchFile({ url: `${site.origin}/file`, to, algorithm: 'sha256', resumeAfterMs, onProgress }))
      expect(site.requests).toHaveLength(4)
    })
  })

  it('gives up on a body that stands still', async () => {
    site.routes['/file'] = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length })
      response.write('some')
    }
    const patience = { answerMs: 5_000, silenceMs: 50 }
    const error = await fails(fetchFile({ url: `${site.origin}/file`, to, algorithm: 'sha256', patience }))
    expect(error.message).toMatch(/sent nothing more for 0.05 s/)
  })

  it('gives up on a host that accepts and never answers, and marks it unreachable', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const patience = { answerMs: 50, silenceMs: 5_000 }
    const error = await fails(fetchText({ url: `http://127.0.0.1:${port}/`, patience }))
    expect(error).toMatchObject({ unreachableHost: `127.0.0.1:${port}` })
    server.close()
  })

  it('fails at once where nobody listens, and marks the host unreachable', async () => {
    await site.close()
    const error = await fails(fetchText({ url: `${site.origin}/` }))
    expect(error.message).toMatch(/cannot be reached \(ECONNREFUSED\)/)
    expect(error.unreachableHost).toBe(new URL(site.origin).host)
  })

  // /dev/full is Linux's file on a full disk.
  it.runIf(existsSync('/dev/full'))('does not blame the network for a full disk', async () => {
    site.routes['/file'] = CONTENT
    const request = fetchFile({ url: `${site.origin}/file`, to: '/dev/full', algorithm: 'sha256' })
    const error = await request.catch((thrown) => thrown)
    expect(diskError(error, '/cache')?.message).toContain('The disk is full')
  })

  it('stops in the middle when cancelled', async () => {
    const stop = new AbortController()
    site.routes['/file'] = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length })
      response.write(CONTENT.subarray(0, 1000))
    }
    const onProgress = () => stop.abort()
    const error = await fetchFile({
      url: `${site.origin}/file`,
      to,
      algorithm: 'sha256',
      signal: stop.signal,
      onProgress,
    }).catch((thrown) => thrown)
    expect(isAbort(error)).toBe(true)
  })

  it('asks nobody when already cancelled', async () => {
    site.routes['/file'] = CONTENT
    const request = fetchFile({ url: `${site.origin}/file`, to, algorithm: 'sha256', signal: AbortSignal.abort() })
    expect(isAbort(await request.catch((thrown) => thrown))).toBe(true)
    expect(site.requests).toEqual([])
    expect(existsSync(to)).toBe(false)
  })
})
