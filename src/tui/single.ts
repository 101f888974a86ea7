/** Characters that take one cell each and are never part of another: letters, punctuation, arrows, lines, our symbols. */
const CHARACTERS =
  '\\u0020-\\u007E\\u00A1-\\u00AC\\u00AE-\\u02FF\\u2010-\\u2027\\u2190-\\u21FF\\u2500-\\u25FC\\u2713\\u2717'

/** Holds for text of such characters alone, which need not be measured or cut up the slow way. */
export const SINGLE = /* @__PURE__ */ new RegExp(`^[${CHARACTERS}]*$`)

/** As SINGLE, with line feeds and style sequences in between. */
export const SINGLE_WITH_STYLES = /* @__PURE__ */ new RegExp(`^[\\n\\u001B${CHARACTERS}]*$`)
