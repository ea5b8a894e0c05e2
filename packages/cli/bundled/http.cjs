// In place of an import of node:http in bundles: importing it into an ES module asks for each of its names, and among them
// are those of the WHATWG WebSocket, for which Node loads all of its own HTTP client. That is as long as Node itself takes to start.
module.exports = require('node:http');
