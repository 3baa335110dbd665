package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const ttlRule = "API UpdateTimeToLive, DescribeTimeToLive"

func ttlChecks() []check {
	return []check{
		{"ttl/a new table has it DISABLED", ttlRule, ttlStartsDisabled},
		{"ttl/it can be enabled and then names its attribute", ttlRule, ttlIsEnabled},
		{"ttl/enabling it twice is refused", ttlRule, ttlRefusesTwice},
		{"ttl/another attribute besides is refused", ttlRule, ttlRefusesOther},
		{"ttl/an expired row stays readable for a while", "DG Time to live (TTL)", ttlDeletesLate},
	}
}

func (p *probe) ttlOf(table string) (types.TimeToLiveDescription, error) {
	out, err := p.ddb.DescribeTimeToLive(p, &dynamodb.DescribeTimeToLiveInput{TableName: &table})
	if err != nil {
		return types.TimeToLiveDescription{}, brief(err)
	}
	if out.TimeToLiveDescription == nil {
		return types.TimeToLiveDescription{}, fmt.Errorf("DescribeTimeToLive describes nothing")
	}
	return *out.TimeToLiveDescription, nil
}

func (p *probe) enableTTL(table, attribute string) error {
	_, err := p.ddb.UpdateTimeToLive(p, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: aws.Bool(true)},
	})
	return err
}

func ttlStartsDisabled(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	got, err := p.ttlOf(table)
	return first(err, same("the status", got.TimeToLiveStatus, types.TimeToLiveStatusDisabled))
}

// withTTL makes a table with it and waits until it is enabled.
func (p *probe) withTTL() (string, error) {
	table, err := p.table(false)
	if err != nil {
		return "", err
	}
	if err := p.enableTTL(table, "ttl"); err != nil {
		return "", brief(err)
	}
	return table, p.await("TTL to be ENABLED", func() (bool, error) {
		got, err := p.ttlOf(table)
		return got.TimeToLiveStatus == types.TimeToLiveStatusEnabled, err
	})
}

func ttlIsEnabled(p *probe) error {
	table, err := p.withTTL()
	if err != nil {
		return err
	}
	got, err := p.ttlOf(table)
	return first(err, same("the attribute", aws.ToString(got.AttributeName), "ttl"))
}

func ttlRefusesTwice(p *probe) error {
	table, err := p.withTTL()
	if err != nil {
		return err
	}
	return refused(p.enableTTL(table, "ttl"), validation)
}

func ttlRefusesOther(p *probe) error {
	table, err := p.withTTL()
	if err != nil {
		return err
	}
	return refused(p.enableTTL(table, "expiresAt"), validation)
}

// ttlDeletesLate looks for three seconds: AWS promises a few days and takes
// minutes at the least.
func ttlDeletesLate(p *probe) error {
	table, err := p.withTTL()
	if err != nil {
		return err
	}
	over := strconv.FormatInt(time.Now().Add(-time.Minute).Unix(), 10)
	expired := with(session("a"), "ttl", num(over))
	if err := p.put(table, expired); err != nil {
		return err
	}
	for range 6 {
		if err := p.holds(table, expired); err != nil {
			return err
		}
		time.Sleep(500 * time.Millisecond)
	}
	return nil
}
