const { createServer } = require('node:http')
const { format } = require('ledger-format')
const queue = require('quiet-queue')

createServer((_, answer) => answer.end(format(queue.length))).listen(8080)
