package dynamo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// member is a text in a map, where it is kept.
type member struct {
	name  string
	value *string
}

func clientMembers(c *session.Client) []member {
	return []member{
		{"ip", &c.IP}, {"userAgent", &c.UserAgent}, {"deviceName", &c.DeviceName}, {"label", &c.Label},
	}
}

// The members of AttributeAuth.
const (
	authTime = "time"
	authAMR  = "amr"
	authACR  = "acr"
)

func clientMap(c session.Client) types.AttributeValue {
	m := item{}
	for _, part := range clientMembers(&c) {
		if *part.value != "" {
			m[part.name] = text(*part.value)
		}
	}
	return &types.AttributeValueMemberM{Value: m}
}

func authMap(a session.Auth) types.AttributeValue {
	m := item{}
	if !a.Time.IsZero() {
		m[authTime] = timeText(a.Time)
	}
	if len(a.AMR) > 0 {
		var methods []types.AttributeValue
		for _, method := range a.AMR {
			methods = append(methods, text(method))
		}
		m[authAMR] = &types.AttributeValueMemberL{Value: methods}
	}
	if a.ACR != "" {
		m[authACR] = text(a.ACR)
	}
	return &types.AttributeValueMemberM{Value: m}
}

func readClient(i item, s *session.Session) error {
	m, err := mapOf(i, AttributeClient)
	if err != nil {
		return err
	}
	for _, part := range clientMembers(&s.Client) {
		if err := part.read(m); err != nil {
			return err
		}
	}
	return nil
}

func readAuth(i item, s *session.Session) error {
	m, err := mapOf(i, AttributeAuth)
	if err != nil {
		return err
	}
	if m[authTime] != nil {
		if s.Auth.Time, err = ownTimeOf(m, authTime); err != nil {
			return inMember(authTime, err)
		}
	}
	if s.Auth.AMR, err = textsOf(m, authAMR); err != nil {
		return inMember(authAMR, err)
	}
	return member{authACR, &s.Auth.ACR}.read(m)
}

// read takes the member out of a map that may lack it.
func (part member) read(m item) (err error) {
	if m[part.name] == nil {
		return nil
	}
	if *part.value, err = textOf(m, part.name); err != nil {
		return inMember(part.name, err)
	}
	return nil
}

func inMember(name string, why error) error { return fmt.Errorf("has a member %s that %w", name, why) }
