package dynamo

// The attributes of a stored item, with their DynamoDB types. All but the last
// two are those that the service before this one wrote.
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

// IndexName is the global secondary index that finds a user's sessions: partition
// key userId, sort key createdAt, projection KEYS_ONLY. With more in it, every
// update of a session would write the index as well, and pay for it.
const IndexName = "userId-index"

// timeLayout is the form of times in items: UTC without a zone, always six
// digits, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000"
