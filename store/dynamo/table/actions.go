package table

// The IAM actions that each command needs, all on the table's ARN. Tests compare
// them with the calls that the commands make.
var (
	// CreateActions are what Create needs.
	CreateActions = []string{
		"dynamodb:CreateTable",
		"dynamodb:DescribeTable",
		"dynamodb:DescribeTimeToLive",
		"dynamodb:UpdateTimeToLive",
	}
	// CreateRecoveryActions are what Create needs besides, to switch
	// point-in-time recovery on.
	CreateRecoveryActions = []string{"dynamodb:UpdateContinuousBackups"}
	// CreateTagActions are what Create needs besides, to tag the table. They are
	// checked within CreateTable and are no call of their own.
	CreateTagActions = []string{"dynamodb:TagResource"}
	// CheckActions are what Check needs. Without one of them it goes on, and
	// says what it could not see.
	CheckActions = []string{
		"dynamodb:DescribeContinuousBackups",
		"dynamodb:DescribeTable",
		"dynamodb:DescribeTimeToLive",
	}
	// UpgradeActions are what Upgrade needs. It does without dynamodb:Scan where
	// it is told to look at no rows.
	UpgradeActions = []string{
		"dynamodb:DescribeTable",
		"dynamodb:DescribeTimeToLive",
		"dynamodb:Scan",
		"dynamodb:UpdateTable",
		"dynamodb:UpdateTimeToLive",
	}
)
