package table

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

const (
	// AllRows has every row looked at.
	AllRows = -1
	// DefaultScanRows is how many rows a command looks at unless it is told
	// otherwise: of 1 KB each they cost 12,800 read units and half a minute.
	DefaultScanRows = 100_000

	// scanPageRows bounds a page of small rows; larger ones end it at 1 MB, which
	// is 128 read units (API: Scan).
	scanPageRows = 5_000
	// scanPause stands between pages. A scan reads one partition after the other,
	// and each serves 3,000 read units a second: with four pages of it a second
	// most are left to the sessions.
	scanPause = 250 * time.Millisecond
	// maxExamples is how many rows are shown.
	maxExamples = 5
)

// Rows is what was seen of a table's rows. After the index is there AWS refuses
// every write to a row whose userId or createdAt cannot be an index key, even a
// write of other attributes, whoever makes it (AWS: "Detecting and correcting
// index key violations in DynamoDB").
type Rows struct {
	// Looked is how many were looked at, and All whether that was every one.
	Looked int
	All    bool
	// Misfits is how many have such a value.
	Misfits int
	// Examples are some of them, with the id in its redacted form.
	Examples []string
	// Unlisted is how many sessions lack userId or createdAt. They can be written,
	// but no index holds them. Rows that are no sessions lack both.
	Unlisted int
}

// add counts one row.
func (r *Rows) add(row map[string]types.AttributeValue) {
	r.Looked++
	why := misfit(row)
	switch {
	case why != "":
		r.Misfits++
		if len(r.Examples) < maxExamples {
			r.Examples = append(r.Examples, redactedID(row)+": "+why)
		}
	case row[attrKind] != nil:
	case row[attrUserID] == nil || row[attrCreatedAt] == nil:
		r.Unlisted++
	}
}

// misfit says why the row cannot be in the index and would be locked by it; ""
// if it would not.
func misfit(row map[string]types.AttributeValue) string {
	for _, k := range []struct {
		attribute string
		most      int
	}{{attrUserID, maxHashKeyBytes}, {attrCreatedAt, maxRangeKeyBytes}} {
		value := row[k.attribute]
		if value == nil {
			continue
		}
		text, isString := value.(*types.AttributeValueMemberS)
		switch {
		case !isString:
			return k.attribute + " is no string"
		case text.Value == "":
			return k.attribute + " is empty"
		case len(text.Value) > k.most:
			return fmt.Sprintf("%s has %d bytes, and an index key at most %d", k.attribute, len(text.Value), k.most)
		}
	}
	return ""
}

func redactedID(row map[string]types.AttributeValue) string {
	id, _ := row[attrID].(*types.AttributeValueMemberS)
	if id == nil {
		return "a row"
	}
	return session.Redact(id.Value)
}

// scanRows looks at up to most rows, or at AllRows.
func (a *Admin) scanRows(ctx context.Context, most int) (Rows, error) {
	in := &dynamodb.ScanInput{
		TableName: &a.Table, ProjectionExpression: aws.String("#i, #u, #c, #k"),
		ExpressionAttributeNames: map[string]string{"#i": attrID, "#u": attrUserID, "#c": attrCreatedAt, "#k": attrKind},
	}
	r, told := Rows{}, a.Now()
	for {
		in.Limit = aws.Int32(scanPageRows)
		if most != AllRows {
			in.Limit = aws.Int32(int32(min(scanPageRows, most-r.Looked))) // #nosec G115 -- most is the greater
		}
		out, err := a.api.Scan(ctx, in)
		if err != nil {
			return r, failf(err, "nothing was changed, because the rows cannot be looked at: %v. With --scan-rows 0 that is left out",
				a.place().explain(err, "Scan"))
		}
		for _, row := range out.Items {
			r.add(row)
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
		if r.All = len(out.LastEvaluatedKey) == 0; r.All || r.Looked == most {
			return r, nil
		}
		if now := a.Now(); now.Sub(told) >= tellEvery {
			a.tell("  looked at %d rows so far", r.Looked)
			told = now
		}
		if err := a.Sleep(ctx, scanPause); err != nil {
			return r, failf(err, "interrupted while looking at rows; nothing was changed")
		}
	}
}
