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

// List returns a page of all active sessions in DynamoDB's own order: one scan
// page of at most q.Limit rows, of which those that are over are left out. See
// session.Store.
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
	rows, last, err := s.scan(ctx, s.listInput(q, after))
	if err != nil {
		return session.Page{}, failed(err)
	}
	var p session.Page
	for _, row := range rows {
		if found := s.readable(row, decodeHead); found != nil && !found.ExpiredAt(q.Now) && q.Created(found) {
			p.Sessions = append(p.Sessions, found)
		}
	}
	if id, _ := textOf(last, AttributeID); id != "" {
		p.Next = allPosition(id)
	}
	return p, nil
}

func (s *Store) listInput(q session.PageQuery, after string) *dynamodb.ScanInput {
	values := item{":now": number(q.Now.Unix())}
	in := &dynamodb.ScanInput{
		TableName:            &s.options.Table,
		ConsistentRead:       &s.options.ConsistentRead,
		Limit:                aws.Int32(int32(q.Limit)), // #nosec G115 -- at most session.MaxPageLimit
		FilterExpression:     aws.String(notOver + " AND " + isSession + spanOf(q).condition(values)),
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
