// Redoc on our own description; its styles carry the nonce of the page, without which they are refused.
const options = { nonce: document.currentScript.nonce, disableSearch: true, hideDownloadButton: true }
Redoc.init('/api/openapi.json', options, document.getElementById('described'))
