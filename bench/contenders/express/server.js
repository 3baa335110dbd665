// A contender of the bench: Express with express-session, and connect-dynamodb for
// its sessions, set up as the manuals of the three advise. The session is that of
// the cookie. A read costs two calls to DynamoDB: express-session touches the
// session after each request, so that it lives on while it is used.
'use strict';

const cluster = require('node:cluster');
const express = require('express');
const session = require('express-session');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const DynamoDBStore = require('connect-dynamodb')({ session });

const DAY = 24 * 60 * 60 * 1000;

function serve() {
  const app = express();
  app.use(express.json({ limit: '400kb' }));
  app.use(session({
    store: new DynamoDBStore({ table: process.env.DYNAMODB_TABLE_NAME, client: new DynamoDBClient({}) }),
    secret: 'a secret of the bench alone',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: DAY },
  }));

  const shape = (req) => ({ userId: req.session.userId, data: req.session.data, expiresAt: req.session.cookie.expires });
  const known = (req, res, next) => (req.session.userId ? next() : res.status(404).json({ error: 'Session not found' }));

  app.post('/session', (req, res) => {
    if (typeof req.body.userId !== 'string') {
      return res.status(400).json({ error: 'userId is required' });
    }
    req.session.userId = req.body.userId;
    req.session.data = req.body.data ?? {};
    return res.status(201).json(shape(req));
  });
  app.get('/session', known, (req, res) => res.json(shape(req)));
  app.put('/session', known, (req, res) => {
    req.session.data = req.body.data;
    res.json(shape(req));
  });
  app.listen(Number(process.env.PORT), '127.0.0.1');
}

// Makes the table once, before the workers could do so at the same time.
async function makeTable() {
  await new DynamoDBStore({ table: process.env.DYNAMODB_TABLE_NAME, client: new DynamoDBClient({}) }).initialize();
}

if (cluster.isPrimary) {
  makeTable().then(() => {
    for (let i = 0; i < Number(process.env.WORKERS); i += 1) {
      cluster.fork();
    }
  });
} else {
  serve();
}
