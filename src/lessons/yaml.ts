import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments, stringify } from 'yaml'

/** Where something stands in a file; both count from 1. */
export type Position = { readonly line: number; readonly col: number }

export type YamlPath = readonly (string | number)[]

/** One YAML document with the places of its nodes. */
export type YamlDocument = {
  /** Plain data; undefined when the document is empty or cannot be read. */
  readonly value: unknown
  /** What the parser did not like. */
  readonly mistakes: readonly { readonly position: Position; readonly message: string }[]
  /** Place of the node at `path`, or of its nearest ancestor that exists. */
  at(path: YamlPath): Position
  /** Place of the key at `path`, for mistakes about the key itself. */
  keyAt(path: YamlPath): Position
}

const keyText = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key))

const walk = (root: Node | null, path: YamlPath): { node: Node | null; key: Node | null } => {
  let node = root
  let key: Node | null = null
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item) === String(step))
      if (!pair) return { node, key }
      key = pair.key as Node
      node = (pair.value as Node | null) ?? key
    } else if (isSeq(node) && typeof step === 'number' && node.items[step]) {
      key = null
      node = node.items[step] as Node
    } else return { node, key }
  }
  return { node, key }
}

/** Reads every document of a file. Never throws: what cannot be read is in `mistakes`. */
export const parseYamlAll = (text: string): readonly YamlDocument[] => {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const documents = Array.isArray(parsed) ? parsed : []
  const place = (offset: number | undefined): Position => {
    if (offset === undefined) return { line: 1, col: 1 }
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), col: Math.max(1, col) }
  }
  return documents.map((document) => {
    const root = document.contents as Node | null
    const mistakes = [...document.errors, ...document.warnings].map((error) => ({
      position: place(error.pos[0]),
      message: error.message,
    }))
    let value: unknown
    if (document.errors.length === 0) {
      try {
        value = document.toJS({ maxAliasCount: 100 }) ?? undefined
      } catch (error) {
        mistakes.push({
          position: place(root?.range?.[0]),
          message: error instanceof Error ? error.message : 'unreadable',
        })
      }
    }
    return {
      value,
      mistakes,
      at: (path) => {
        const { node, key } = walk(root, path)
        return place((node ?? key ?? root)?.range?.[0] ?? 0)
      },
      keyAt: (path) => {
        const { node, key } = walk(root, path)
        return place((key ?? node ?? root)?.range?.[0] ?? 0)
      },
    }
  })
}

/** Reads a file that holds one document; more than one is a mistake. */
export const parseYaml = (text: string): YamlDocument => {
  const [first, second] = parseYamlAll(text)
  const empty: YamlDocument = {
    value: undefined,
    mistakes: [],
    at: () => ({ line: 1, col: 1 }),
    keyAt: () => ({ line: 1, col: 1 }),
  }
  if (!first) return empty
  if (!second) return first
  return {
    ...first,
    mistakes: [...first.mistakes, { position: second.at([]), message: 'expected one YAML document, found more' }],
  }
}

/** Block-style YAML without wrapped lines. */
export const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0 })
