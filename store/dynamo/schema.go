package dynamo

// The attributes of a stored item, with their DynamoDB types. Up to ttl they are
// those that the service before this one wrote.
const (
	// AttributeID is the partition key (S): the session's id.
	AttributeID = "id"
	// AttributeUserID is the partition key of the index (S): the user's id.
	AttributeUserID = "userId"
	// AttributeData is the session's data (S): JSON text, not a map.
	AttributeData = "data"
	// AttributeCreatedAt is the sort key of the index (S), in timeLayout.
	AttributeCreatedAt = "createdAt"
	// AttributeUpdatedAt is when data was last replaced (S), as createdAt; absent
	// before the first update.
	AttributeUpdatedAt = "updatedAt"
	// AttributeTTL is when the session ends (N), in seconds since 1970. It is the
	// attribute that the table's TTL setting names. Older rows may hold it as S.
	AttributeTTL = "ttl"
	// AttributeVersion is the row's version (N). A row without it has version 0.
	AttributeVersion = "version"
	// AttributeWriteID names the write of ours that last touched the row (S):
	// that is how a write whose reply was lost finds out that it was done. Other
	// writers leave it as it is.
	AttributeWriteID = "writeId"
)

// The attributes that only sessions which make use of them have: a session that
// uses none costs what it cost before there were any.
const (
	// AttributeAbsoluteTTL is the end that no activity moves (N), as ttl.
	AttributeAbsoluteTTL = "absoluteTtl"
	// AttributeIdleTimeout is how long the session lives without activity (N), in
	// seconds.
	AttributeIdleTimeout = "idleTimeout"
	// AttributeLastActiveAt is the last activity that was recorded (S), in
	// timeLayout.
	AttributeLastActiveAt = "lastActiveAt"
	// AttributeClient says where the session comes from (M of S): what is given of
	// ip, userAgent, deviceName and label. It is a map rather than JSON because
	// JSON doubles the bytes of some texts, and the part of an item that is kept
	// free of data has to hold the longest.
	AttributeClient = "client"
	// AttributeAuth says how the user was authenticated (M): what is given of time
	// (S, in timeLayout), amr (L of S) and acr (S).
	AttributeAuth = "auth"
)

// Rows that are no sessions. They have no userId, so the index never has them.
const (
	// AttributeKind says what a row is that is no session (S): kindAlias or
	// kindRecord. To all that is about sessions, a row with this attribute is
	// absent.
	AttributeKind = "kind"
	// AttributeRotatedTo is the id under which an alias's session goes on (S).
	AttributeRotatedTo = "rotatedTo"
	// AttributeValue is what a record holds (B).
	AttributeValue = "value"

	kindAlias  = "alias"
	kindRecord = "record"

	// recordPrefix begins the id of a record; its key follows. Ids of sessions begin
	// with "session-", those of the service before this one too.
	recordPrefix = "service-record:"
)

// IndexName is the global secondary index that finds a user's sessions: partition
// key userId, sort key createdAt, projection KEYS_ONLY. With more in it, every
// update of a session would write the index as well, and pay for it.
const IndexName = "userId-index"

// timeLayout is the form of times in items: UTC without a zone, always six
// digits, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000"
