// Package dynamo keeps sessions in a DynamoDB table, or in anything that speaks
// its API. It owns the stored form, the calls and what their failures mean; rules
// about sessions stay in package session, the setting up of tables in package
// table.
//
// # What is stored
//
// One item for each session (schema.go), in the form that the service before
// this one wrote, and two attributes more: version, which every write of ours
// raises but one that only records activity, and writeId, which names the write
// that made the row what it is. What few sessions have is stored with those only
// (item.go, origin.go). Rows of that older writer are read as they are, attributes
// that we do not know survive (decode.go). Beside the sessions there are rows of
// other kinds, which no call about sessions takes for one (kind.go, record.go).
//
// # What a call costs
//
//	Create                   one call
//	Get, Record              one call, or a part of one that others share
//	Update, Retime, Delete   one call
//	Apply                    one transaction
//	ListByUser               one query, and one batch read for each 100 rows; none
//	                         of those for IDsOnly
//	List                     one scan page
//	Status                   one DescribeTable, remembered for seconds
//
// A write is one conditional call. When the condition refuses it, the refusal
// carries the row, which tells absent, expired and stale apart (condition.go,
// cancelled.go). Writes that meet a transaction on the same row take turns with it
// (call.go). A list of a user reads the index for keys only and then the rows
// themselves, so a late index shows nothing that is gone and nothing of another
// user (listbyuser.go). Without the index the keys come from a scan of the whole
// table (scanuser.go). A range of times is a range of the index, and exact only here,
// because not all writers wrote times alike (span.go).
//
// Reads of single rows share calls where many are under way. What is shared is an
// attempt and nothing more, so that what follows from its failure is the same for a
// reader with company as for one without (reads.go, lane.go, departure.go).
//
// # What may be late
//
// The index, as every global secondary index, trails behind writes; so does
// ListByUser. And while a transaction commits, the reads of two of its rows can
// show the one as it now is and the other as it was: DynamoDB isolates the read of
// one row from a transaction, not that of several (AWS: "Amazon DynamoDB
// Transactions: How it works", isolation levels). Who has seen one part of an
// Apply may see another a moment later. When Apply has returned, all of it shows.
//
// # What goes wrong
//
// The SDK's own retries are off. One loop (call.go) makes the attempts, because
// only it knows which of them may have had an effect that nobody saw: a reply
// that was lost after the commit. What a failure means is said in one place
// (fault.go), what it costs to try again is bounded by a budget (budget.go), and
// what a person must mend is logged with what to do (trouble.go).
package dynamo
