"""A contender of the bench: a Flask service that keeps sessions in DynamoDB.

It is of the shape of the service that session-api replaces, written anew from
the HTTP contract: one table, one call for each read or write, and a user's
sessions found by a scan, for the table has no index that it knows of.
"""

import json
import logging
import os
import time
import uuid
from datetime import datetime, timezone

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from flask import Flask, jsonify, request

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

TTL_HOURS = int(os.environ.get("SESSION_TTL_HOURS", "24"))

app = Flask(__name__)
table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])


def now_text():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")


def failed(status, sentence):
    return jsonify({"error": sentence}), status


def shape(item):
    session = {
        "sessionId": item["id"],
        "userId": item["userId"],
        "data": json.loads(item["data"]),
        "createdAt": item["createdAt"],
        "expiresAt": datetime.fromtimestamp(int(item["ttl"]), timezone.utc).isoformat(),
    }
    if "updatedAt" in item:
        session["updatedAt"] = item["updatedAt"]
    return session


def is_over(item):
    return int(item["ttl"]) <= time.time()


@app.get("/health")
def health():
    return jsonify({"status": "healthy", "service": "session-api", "timestamp": now_text()})


@app.post("/sessions")
def create():
    body = request.get_json(silent=True) or {}
    user = body.get("userId")
    if not isinstance(user, str) or not user:
        return failed(400, "userId is required")
    item = {
        "id": f"session-{user}-{uuid.uuid4().hex}",
        "userId": user,
        "data": json.dumps(body.get("data", {})),
        "createdAt": now_text(),
        "ttl": int(time.time()) + TTL_HOURS * 3600,
    }
    table.put_item(Item=item)
    logger.info("Created session for user %s", user)
    return jsonify(shape(item)), 201


@app.get("/sessions/<session_id>")
def get(session_id):
    item = table.get_item(Key={"id": session_id}, ConsistentRead=True).get("Item")
    if item is None:
        return failed(404, "Session not found")
    if is_over(item):
        return failed(410, "Session expired")
    return jsonify(shape(item))


@app.put("/sessions/<session_id>")
def update(session_id):
    body = request.get_json(silent=True)
    if body is None or "data" not in body:
        return failed(400, "data is required")
    try:
        answer = table.update_item(
            Key={"id": session_id},
            UpdateExpression="SET #data = :data, updatedAt = :at",
            ConditionExpression="attribute_exists(id)",
            ExpressionAttributeNames={"#data": "data"},
            ExpressionAttributeValues={":data": json.dumps(body["data"]), ":at": now_text()},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return failed(404, "Session not found")
        raise
    logger.info("Updated a session")
    return jsonify(shape(answer["Attributes"]))


@app.delete("/sessions/<session_id>")
def delete(session_id):
    table.delete_item(Key={"id": session_id})
    logger.info("Deleted a session")
    return jsonify({"message": "Session deleted successfully"})


@app.get("/sessions/user/<user_id>")
def list_of_user(user_id):
    wanted = {"FilterExpression": Attr("userId").eq(user_id)}
    found = []
    while True:
        page = table.scan(**wanted)
        found += [shape(item) for item in page["Items"] if not is_over(item)]
        if "LastEvaluatedKey" not in page:
            return jsonify({"userId": user_id, "sessionCount": len(found), "sessions": found})
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]
