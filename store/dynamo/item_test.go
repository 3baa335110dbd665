package dynamo

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// wantItem fails unless the stored item is want and the id of a write.
func (b *bench) wantItem(t *testing.T, what string, want item) {
	t.Helper()
	id := want["id"].(*types.AttributeValueMemberS).Value
	got := b.item(t, b.table, id)
	write, ok := got["writeId"].(*types.AttributeValueMemberS)
	if !ok || len(write.Value) != 12 {
		t.Errorf("%s: writeId is %v; want 12 characters", what, got["writeId"])
	}
	rest := maps.Clone(got)
	delete(rest, "writeId")
	if !reflect.DeepEqual(rest, want) {
		t.Errorf("%s: stored is\n%s\nwant\n%s", what, show(rest), show(want))
	}
}

// show returns an item as text.
func show(i item) string {
	out := ""
	for name, value := range i {
		out += name + "=" + reflect.TypeOf(value).Elem().Name() + ":"
		out += reflect.ValueOf(value).Elem().FieldByName("Value").String() + "; "
	}
	return out
}

func TestTheStoredFormIsTheContracts(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, &session.Session{
		ID: "session-alice-1", UserID: "alice", Data: []byte(`{"n":12345678901234567890123,"é":"😀"}`),
		CreatedAt: time.Date(2025, 12, 24, 10, 0, 0, 0, time.UTC),
		ExpiresAt: time.Date(2125, 12, 25, 10, 0, 0, 0, time.UTC), Version: 1,
	})
	want := item{
		"id":        text("session-alice-1"),
		"userId":    text("alice"),
		"data":      text(`{"n":12345678901234567890123,"é":"😀"}`),
		"createdAt": text("2025-12-24T10:00:00.000000"),
		"ttl":       &types.AttributeValueMemberN{Value: "4922330400"},
		"version":   &types.AttributeValueMemberN{Value: "1"},
	}
	b.wantItem(t, "after Create", want)

	c := session.Change{Data: []byte(`[]`), At: time.Date(2025, 12, 24, 11, 2, 3, 40000, time.UTC)}
	if _, err := b.Update(t.Context(), "session-alice-1", c, session.Condition{Now: c.At}); err != nil {
		t.Fatal(err)
	}
	want["data"], want["updatedAt"] = text("[]"), text("2025-12-24T11:02:03.000040")
	want["version"] = &types.AttributeValueMemberN{Value: "2"}
	b.wantItem(t, "after Update", want)
}

// fullSession returns a session that makes use of everything that a row can hold.
func fullSession(id string) *session.Session {
	s := newSession(id)
	s.UpdatedAt = noon.Add(time.Second)
	s.AbsoluteExpiresAt = s.ExpiresAt.Add(24 * time.Hour)
	s.IdleTimeout = time.Hour
	s.LastActiveAt = noon.Add(2 * time.Second)
	s.Client = session.Client{IP: "192.0.2.1", UserAgent: `Mozilla "5.0" <é😀>`, DeviceName: "Alice's phone", Label: "beta"}
	s.Auth = session.Auth{Time: noon.Add(-time.Minute), AMR: []string{"pwd", "otp"}, ACR: "urn:example:loa:2"}
	return s
}

func TestWhatASessionUsesIsStoredBesides(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	s := fullSession("session-alice-1")
	b.create(t, s)
	b.wantItem(t, "after Create", item{
		"id":           text("session-alice-1"),
		"userId":       text("alice"),
		"data":         text(`{"theme":"dark"}`),
		"createdAt":    text("2100-12-24T12:00:00.123456"),
		"updatedAt":    text("2100-12-24T12:00:01.123456"),
		"ttl":          asNumber("4133336400"),
		"version":      asNumber("1"),
		"absoluteTtl":  asNumber("4133422800"),
		"idleTimeout":  asNumber("3600"),
		"lastActiveAt": text("2100-12-24T12:00:02.123456"),
		"client": &types.AttributeValueMemberM{Value: item{
			"ip": text("192.0.2.1"), "userAgent": text(`Mozilla "5.0" <é😀>`), "deviceName": text("Alice's phone"), "label": text("beta"),
		}},
		"auth": &types.AttributeValueMemberM{Value: item{
			"time": text("2100-12-24T11:59:00.123456"), "acr": text("urn:example:loa:2"),
			"amr": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("pwd"), text("otp")}},
		}},
	})
	if got, err := b.Get(t.Context(), s.ID); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("Get returned %+v, %v; want %+v", got, err, s)
	}
}

// TestWhatIsNotGivenIsNotStored: nothing that a session does not use may cost it a
// byte, and what was zero comes back as zero.
func TestWhatIsNotGivenIsNotStored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*session.Session)
		want item
	}{
		"nothing":     {func(*session.Session) {}, item{}},
		"a label":     {func(s *session.Session) { s.Client.Label = "beta" }, item{"client": mapOfTexts("label", "beta")}},
		"an ACR":      {func(s *session.Session) { s.Auth.ACR = "high" }, item{"auth": mapOfTexts("acr", "high")}},
		"empty AMR":   {func(s *session.Session) { s.Auth.AMR = []string{} }, item{}},
		"a time only": {func(s *session.Session) { s.Auth.Time = noon }, item{"auth": mapOfTexts("time", "2100-12-24T12:00:00.123456")}},
		"an idle end": {func(s *session.Session) { s.IdleTimeout = time.Second }, item{"idleTimeout": asNumber("1")}},
	} {
		s := newSession("a")
		want := newItem(s, "w")
		if len(want) != 7 {
			t.Fatalf("a plain session has %d attributes; want 7", len(want))
		}
		maps.Copy(want, c.want)
		c.set(s)
		got := newItem(s, "w")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: stored is %s; want %s", name, show(got), show(want))
		}
		if len(s.Auth.AMR) == 0 {
			s.Auth.AMR = nil
		}
		if back, err := decode(got); err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s: it comes back as %+v, %v; want %+v", name, back, err, s)
		}
	}
}

func mapOfTexts(name, value string) types.AttributeValue {
	return &types.AttributeValueMemberM{Value: item{name: text(value)}}
}

// TestTheLongestOfEverythingStaysWithinTheReserve counts as AWS does ("DynamoDB
// item sizes and formats"): 3 bytes for a map or list and 1 for each element.
func TestTheLongestOfEverythingStaysWithinTheReserve(t *testing.T) {
	t.Parallel()
	s := fullSession(strings.Repeat("i", session.MaxIDBytes))
	s.UserID = strings.Repeat("u", session.MaxUserIDBytes)
	s.Data = []byte{}
	s.Client = session.Client{
		IP:         "2001:0db8:0000:0000:0000:ffff:192.100.200.255",
		UserAgent:  strings.Repeat(`"`, session.MaxUserAgentBytes),
		DeviceName: strings.Repeat("<", session.MaxDeviceNameBytes),
		Label:      strings.Repeat(`\`, session.MaxLabelBytes),
	}
	s.Auth.ACR = strings.Repeat(`"`, session.MaxACRBytes)
	s.Auth.AMR = slices.Repeat([]string{strings.Repeat("m", session.MaxAMRBytes)}, session.MaxAMR)
	reserve := session.MaxItemBytes - session.MaxDataBytes
	if got := sizeOf(newItem(s, newWriteID())); got > reserve {
		t.Errorf("beside its data the largest session takes %d bytes; %d are kept free", got, reserve)
	}
}

// sizeOf takes every number for as long as one can be.
func sizeOf(i item) (bytes int) {
	for name, value := range i {
		bytes += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			bytes += len(v.Value)
		case *types.AttributeValueMemberN:
			bytes += 21
		case *types.AttributeValueMemberM:
			bytes += 3 + len(v.Value) + sizeOf(v.Value)
		case *types.AttributeValueMemberL:
			bytes += 3
			for _, element := range v.Value {
				bytes += 1 + sizeOf(item{"": element})
			}
		}
	}
	return bytes
}

func TestTimesInOtherZonesAreStoredInUTC(t *testing.T) {
	t.Parallel()
	s := newSession("a")
	zone := time.FixedZone("east", 2*60*60)
	s.CreatedAt, s.UpdatedAt, s.ExpiresAt = s.CreatedAt.In(zone), noon.In(zone), s.ExpiresAt.In(zone)
	s.LastActiveAt, s.AbsoluteExpiresAt, s.Auth.Time = noon.In(zone), s.ExpiresAt, noon.In(zone)
	want := newSession("a")
	want.UpdatedAt = noon
	want.LastActiveAt, want.AbsoluteExpiresAt, want.Auth.Time = noon, want.ExpiresAt, noon
	if got := newItem(s, "w"); !reflect.DeepEqual(got, newItem(want, "w")) {
		t.Errorf("stored is %s; want %s", show(got), show(newItem(want, "w")))
	}
}

func TestEveryWriteHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.create(t, newSession("a"))
	seen := map[string]bool{}
	for range 3 {
		seen[b.item(t, b.table, "a")["writeId"].(*types.AttributeValueMemberS).Value] = true
		if _, err := b.Update(t.Context(), "a", changed(`1`), meanwhile()); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("three writes have %d ids", len(seen))
	}
}

func TestAttributesOfOtherWritersSurviveAnUpdate(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	others := item{
		"ip": text("10.0.0.1"), "tags": &types.AttributeValueMemberSS{Value: []string{"a"}},
		"nested": &types.AttributeValueMemberM{Value: item{"deep": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberBOOL{Value: true}}}}},
		"blob": &types.AttributeValueMemberB{Value: []byte{0, 255}},
	}
	row := newItem(newSession("a"), "w")
	maps.Copy(row, others)
	b.put(t, b.table, row)
	if _, err := b.Update(t.Context(), "a", changed(`"new"`), meanwhile()); err != nil {
		t.Fatal(err)
	}
	got := b.item(t, b.table, "a")
	for name, value := range others {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s is %v after an update; want %v", name, got[name], value)
		}
	}
	b.wantStored(t, "a", `"new"`, 2)
}
