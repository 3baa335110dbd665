package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const errorRule = "DG Error handling"

func errorChecks() []check {
	return []check{
		{"error/it is a 400 with `__type`, a message and a request id", errorRule, errorsHaveTheirForm},
		{"error/an unknown operation is UnknownOperationException", errorRule, unknownOperation},
		{"error/broken JSON is SerializationException", errorRule, brokenJSON},
		{"error/a failed condition says \"The conditional request failed\"", errorRule, failedConditionIsWorded},
		{"error/a key of another shape is ValidationException, with its words", errorRule, wrongKeyIsWorded},
		{"error/a broken expression is ValidationException", errorRule, brokenExpression},
		{"error/a request without a signature is refused", errorRule, unsignedIsRefused},
	}
}

func errorsHaveTheirForm(p *probe) error {
	answer, err := p.raw("GetItem", `{"TableName":"`+newTableName()+`","Key":{"id":{"S":"a"}}}`)
	if err != nil {
		return err
	}
	if answer.requestID == "" {
		return fmt.Errorf("there is no x-amzn-RequestId")
	}
	return first(same("the status", answer.status, http.StatusBadRequest),
		contains("the body", answer.body, `"__type"`), contains("the body", answer.body, "#"+notFound),
		contains("the body", strings.ToLower(answer.body), `"message"`))
}

func unknownOperation(p *probe) error {
	answer, err := p.raw("NoSuchOperation", `{}`)
	return first(err, same("the status", answer.status, http.StatusBadRequest), contains("the body", answer.body, "UnknownOperationException"))
}

func brokenJSON(p *probe) error {
	answer, err := p.raw("GetItem", `{"TableName":`)
	return first(err, same("the status", answer.status, http.StatusBadRequest), contains("the body", answer.body, "SerializationException"))
}

func failedConditionIsWorded(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	return worded(p.create(table, session("a")), "The conditional request failed")
}

func wrongKeyIsWorded(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for _, key := range []row{{"other": str("a")}, {"id": str("a"), "more": str("b")}, {"id": num("1")}} {
		_, err := p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: key})
		if err := first(refused(err, validation), worded(err, "The provided key element does not match the schema")); err != nil {
			return err
		}
	}
	return nil
}

func brokenExpression(p *probe) error {
	err := p.tryUpdate("SET version = ", nil, nil)
	return first(refused(err, validation), worded(err, "Invalid UpdateExpression: Syntax error"))
}

func unsignedIsRefused(p *probe) error {
	answer, err := p.send("ListTables", `{}`, "")
	return first(err, same("the status", answer.status, http.StatusBadRequest), contains("the body", answer.body, "MissingAuthenticationTokenException"))
}
