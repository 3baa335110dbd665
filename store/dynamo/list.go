package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

const (
	// notOver leaves rows out that are over. It lets rows pass whose ttl is no
	// number, which a comparison never holds for: they are looked at here.
	notOver = "NOT (#ttl <= :now)"
	// withoutData are the attributes that a session without its data needs.
	withoutData = "id, userId, createdAt, updatedAt, #ttl, #version, absoluteTtl, idleTimeout, lastActiveAt, client, #auth"
)

// skipRows is how many rows a scan page of a namespace reads over at a time where
// the one before showed nothing, and maxRowSkips how often: DynamoDB has no order
// of all users in which those of a namespace would lie together, and an empty page
// costs its caller a request.
const (
	skipRows    = 1000
	maxRowSkips = 3
)

// List returns a page of all active sessions in DynamoDB's own order: one scan
// page of at most q.Limit rows, of which those that are over are left out. Where a
// namespace is asked for, those of others are left out too, and up to maxRowSkips
// scan pages follow as long as there is nothing to show. See session.Store.
func (s *Store) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	if err := s.gate.enter(ctx); err != nil {
		return session.Page{}, err
	}
	defer s.gate.leave()
	after, err := parseAll(q.After)
	if err != nil {
		return session.Page{}, err
	}
	if emptySpan(q) {
		return session.Page{}, nil
	}
	for limit, skips := q.Limit, 0; ; limit, skips = max(q.Limit, skipRows), skips+1 {
		rows, last, err := s.scan(ctx, s.listInput(q, after, limit))
		if err != nil {
			return session.Page{}, failed(err)
		}
		p := s.listPage(q, rows, last)
		if len(p.Sessions) > 0 || p.Next == "" || q.UserPrefix == "" || skips == maxRowSkips {
			return p, nil
		}
		after, _ = textOf(last, AttributeID)
	}
}

// listPage returns the page of what a scan page shows, which ended with the key
// last, nil at the end of the table.
func (s *Store) listPage(q session.PageQuery, rows []item, last item) session.Page {
	var p session.Page
	for i, row := range rows {
		found := s.readable(row, decodeHead)
		if found == nil || found.ExpiredAt(q.Now) || !q.Wants(found) {
			continue
		}
		p.Sessions = append(p.Sessions, found)
		if len(p.Sessions) == q.Limit && i < len(rows)-1 {
			p.Next = allPosition(found.ID)
			return p
		}
	}
	if id, _ := textOf(last, AttributeID); id != "" {
		p.Next = allPosition(id)
	}
	return p
}

func (s *Store) listInput(q session.PageQuery, after string, limit int) *dynamodb.ScanInput {
	values := item{":now": number(q.Now.Unix())}
	filter := notOver + " AND " + isSession + spanOf(q).condition(values)
	if q.UserPrefix != "" {
		filter += " AND " + inNamespace
		values[":prefix"] = text(q.UserPrefix)
	}
	in := &dynamodb.ScanInput{
		TableName:            &s.options.Table,
		ConsistentRead:       &s.options.ConsistentRead,
		Limit:                aws.Int32(int32(limit)), // #nosec G115 -- at most session.MaxPageLimit
		FilterExpression:     &filter,
		ProjectionExpression: aws.String(withoutData),
		ExpressionAttributeNames: map[string]string{
			"#ttl": AttributeTTL, "#version": AttributeVersion, "#kind": AttributeKind, "#auth": AttributeAuth,
		},
		ExpressionAttributeValues: values,
	}
	if after != "" {
		in.ExclusiveStartKey = keyOf(after)
	}
	return in
}

// scan returns the rows of one scan page and the key that it ended with, nil at
// the end.
func (s *Store) scan(ctx context.Context, in *dynamodb.ScanInput) (rows []item, last item, err error) {
	var out *dynamodb.ScanOutput
	_, err = s.caller.do(ctx, s.bulkCall("Scan"), func(ctx context.Context) (err error) {
		out, err = s.api.Scan(ctx, in)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return out.Items, out.LastEvaluatedKey, nil
}

// readable returns the session that read finds in a row of a list, nil if the row
// cannot be understood, which is noted.
func (s *Store) readable(row item, read func(item) (*session.Session, error)) *session.Session {
	found, err := read(row)
	if err != nil {
		id, _ := row[AttributeID].(*types.AttributeValueMemberS)
		if id != nil {
			s.unread.Note(id.Value, err)
		}
		return nil
	}
	return found
}
