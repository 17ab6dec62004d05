// Swagger UI on our own description; nothing of it leaves this service.
SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#described', validatorUrl: null, deepLinking: true, tryItOutEnabled: false })
