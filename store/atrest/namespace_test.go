package atrest_test

import (
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/memory"
)

// TestARowThatCannotBeOpenedIsAbsentInOtherNamespaces because a 500 would tell that
// there is one.
func TestARowThatCannotBeOpenedIsAbsentInOtherNamespaces(t *testing.T) {
	t.Parallel()
	at := atrest.Options{Data: dataKeys(t), Rule: atrest.Encrypt}
	engine := memory.New()
	d := newDesk(t, engine, at, session.Options{})
	made := d.create(t, "shop:ada")
	plant(t, engine, made.ID, []byte(`"session-api-sealed-1:"`))
	for prefix, want := range map[string]error{"": session.ErrUnreadable, "shop:": session.ErrUnreadable, "blog:": session.ErrNotFound} {
		_, err := d.As(session.Caller{UserPrefix: prefix}).Get(t.Context(), made.ID)
		wantErrorIs(t, "Get with the prefix "+prefix, err, want)
	}
}

func TestAHandleIsWorthNothingInOtherNamespaces(t *testing.T) {
	t.Parallel()
	onEach(t, session.Options{}, func(t *testing.T, d *desk) {
		ours, theirs := d.create(t, "shop:ada"), d.create(t, "blog:ada")
		shop := d.As(session.Caller{Name: "shop", UserPrefix: "shop:"})
		_, err := shop.Delete(t.Context(), theirs.Listed(), nil)
		wantErrorIs(t, "Delete of a foreign session", err, session.ErrNotFound)
		_, err = shop.EndUser(t.Context(), "shop:ada", theirs.Listed())
		wantErrorIs(t, "EndUser except a foreign session", err, &session.Error{Code: session.CodeInvalidValue})
		l, err := shop.List(t.Context(), "", session.ListQuery{})
		if err != nil || len(l.Sessions) != 1 || l.Sessions[0].ID != ours.Listed() {
			t.Errorf("List returned %+v, %v", l.Sessions, err)
		}
		rotated, err := shop.Rotate(t.Context(), ours.ID, session.Rotation{Grace: session.MaxGrace}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := shop.Get(t.Context(), ours.ID); err != nil || got.ID != rotated.ID {
			t.Errorf("Get by a former id returned %+v, %v", got, err)
		}
		if _, err := shop.Delete(t.Context(), rotated.Listed(), nil); err != nil {
			t.Errorf("Delete of an own session returned %v", err)
		}
	})
}

// TestCursorsOfNamespacesGoOnWithoutTheirSecret has the secret of those cursors in a
// record, which is sealed with a key that is gone: the next one takes its place.
func TestCursorsOfNamespacesGoOnWithoutTheirSecret(t *testing.T) {
	t.Parallel()
	engine := memory.New()
	for _, secret := range []byte{1, 2} {
		at := atrest.Options{IDs: idKeys(t, secret)}
		d := newDesk(t, engine, at, session.Options{})
		d.create(t, "shop:ada")
		d.create(t, "shop:ada")
		shop := d.As(session.Caller{UserPrefix: "shop:"})
		q := session.ListQuery{Limit: 1}
		for n := 0; ; n++ {
			l, err := shop.ListByUser(t.Context(), "shop:ada", q)
			if err != nil {
				t.Fatalf("secret %d, page %d: %v", secret, n, err)
			}
			if q.Cursor = l.NextCursor; q.Cursor == "" {
				break
			}
		}
	}
}
