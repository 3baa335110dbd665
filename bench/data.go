package main

import (
	"fmt"
	"strings"
	"sync"
)

// sessionData returns a JSON object of exactly value bytes, or the smallest one
// of this form that there is: a cart, whose items are what most sessions are made
// of, and a text that fills it up. One long text alone would flatter whoever
// parses it.
func sessionData(value int) []byte {
	dataMu.Lock()
	defer dataMu.Unlock()
	if text, ok := dataOf[value]; ok {
		return text
	}
	text := makeData(value)
	dataOf[value] = text
	return text
}

// Data is made once: fills ask for it a million times.
var (
	dataMu sync.Mutex
	dataOf = map[int][]byte{}
)

func makeData(value int) []byte {
	const open, end = `{"theme":"dark","language":"en","cart":[`, `],"note":"`
	var text strings.Builder
	text.WriteString(open)
	for i := 0; ; i++ {
		item := fmt.Sprintf(`{"sku":"A-%05d","count":%d,"price":"%d.95"}`, i, i%5+1, 10+i%90)
		if text.Len()+len(item)+len(end)+len(`,"}`) > value {
			break
		}
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(item)
	}
	text.WriteString(end)
	text.WriteString(strings.Repeat("x", max(0, value-text.Len()-len(`"}`))))
	text.WriteString(`"}`)
	return []byte(text.String())
}
