// gojson.ts: what is wrong with a JSON object, in the words of Go.
// Models encoding/json/scanner.go
// Differs: nothing known

/** Why the text is no JSON object (null is taken for one); undefined if it is. */
export function goJsonError(text: string): string | undefined {
  const state: State = { text, at: 0 }
  const wrong = value(state) ?? (space(state) === '' ? undefined : invalid(state, 'after top-level value'))
  if (wrong !== undefined) return wrong
  const first = text.trimStart()[0]
  const kind = first === '[' ? 'array' : first === '"' ? 'string' : first === 't' || first === 'f' ? 'bool' : first === '{' || first === 'n' ? '' : 'number'
  return kind === '' ? undefined : `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
}

interface State {
  text: string
  at: number
}

/** Goes to the next character that is no space, which it returns: '' at the end. */
function space(state: State): string {
  while (/[ \t\r\n]/.test(state.text[state.at] ?? '')) state.at++
  return state.text[state.at] ?? ''
}

function invalid({ text, at }: State, context: string): string {
  // Upstream adds a space to find out whether the text may end here.
  const c = text[at] ?? (/literal |escape|exponent|point|numeric/.test(context) ? ' ' : undefined)
  if (c === undefined) return 'unexpected end of JSON input'
  if (c > '\x7f') return `invalid character '${String.fromCharCode(new TextEncoder().encode(text.slice(at))[0]!)}' ${context}`
  const shown = c === "'" ? "'\\''" : c === '"' ? `'"'` : `'${JSON.stringify(c).slice(1, -1)}'`
  return `invalid character ${shown} ${context}`
}

function value(state: State): string | undefined {
  const c = space(state)
  if (c === '{') return members(state)
  if (c === '[') return elements(state)
  if (c === '"') return string(state)
  if (c === '-' || /[0-9]/.test(c)) return number(state)
  for (const word of ['true', 'false', 'null']) if (c === word[0]) return literal(state, word)
  return invalid(state, 'looking for beginning of value')
}

function members(state: State): string | undefined {
  state.at++
  if (space(state) === '}') return end(state)
  for (;;) {
    if (space(state) !== '"') return invalid(state, 'looking for beginning of object key string')
    const key = string(state)
    if (key !== undefined) return key
    if (space(state) !== ':') return invalid(state, 'after object key')
    state.at++
    const wrong = value(state)
    if (wrong !== undefined) return wrong
    const c = space(state)
    if (c === '}') return end(state)
    if (c !== ',') return invalid(state, 'after object key:value pair')
    state.at++
  }
}

function elements(state: State): string | undefined {
  state.at++
  if (space(state) === ']') return end(state)
  for (;;) {
    const wrong = value(state)
    if (wrong !== undefined) return wrong
    const c = space(state)
    if (c === ']') return end(state)
    if (c !== ',') return invalid(state, 'after array element')
    state.at++
  }
}

function string(state: State): string | undefined {
  for (state.at++; ; state.at++) {
    const c = state.text[state.at] ?? ''
    if (c === '"') return end(state)
    if (c < ' ') return invalid(state, 'in string literal')
    if (c !== '\\') continue
    state.at++
    const code = state.text[state.at] ?? ''
    if (!/^[bfnrt\\/"u]$/.test(code)) return invalid(state, 'in string escape code')
    for (let i = 0; code === 'u' && i < 4; i++) {
      state.at++
      if (!/^[0-9a-fA-F]$/.test(state.text[state.at] ?? '')) return invalid(state, 'in \\u hexadecimal character escape')
    }
  }
}

function number(state: State): string | undefined {
  const digit = () => /^[0-9]$/.test(state.text[state.at] ?? '')
  const digits = () => {
    while (digit()) state.at++
  }
  if (state.text[state.at] === '-') state.at++
  if (!digit()) return invalid(state, 'in numeric literal')
  if (state.text[state.at] === '0') state.at++
  else digits()
  if (state.text[state.at] === '.') {
    state.at++
    if (!digit()) return invalid(state, 'after decimal point in numeric literal')
    digits()
  }
  if (!/^[eE]$/.test(state.text[state.at] ?? '')) return undefined
  state.at++
  if (/^[+-]$/.test(state.text[state.at] ?? '')) state.at++
  if (!digit()) return invalid(state, 'in exponent of numeric literal')
  digits()
  return undefined
}

function literal(state: State, word: string): string | undefined {
  for (const c of word) {
    if (state.text[state.at] !== c) return invalid(state, `in literal ${word} (expecting '${c}')`)
    state.at++
  }
  return undefined
}

function end(state: State): undefined {
  state.at++
}
