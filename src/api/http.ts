// http.ts: a request to the API server and its answer, as values.
// Models net/http as far as k8s.io/apiserver/pkg/endpoints uses it
// Differs: bodies are parsed values, not bytes; streams are messages

/** `path` without query, header names in lower case; `body` is a parsed value for JSON and YAML types, text for others. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body?: any
}

/** `headers.warning` holds warnings joined by newlines, each as `299 - "text"`. */
export interface ApiResponse<T = any> {
  status: number
  headers: Record<string, string>
  body: T
}
