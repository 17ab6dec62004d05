// Redoc on our own description; its styles carry the nonce of the page.
window.__webpack_nonce__ = document.querySelector('script[nonce]').nonce
