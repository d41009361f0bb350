// Toxiproxy with two toxics more: one that counts what passes, so that a test can say that its trouble met somebody, and one
// that forgets connections, as a firewall does that has lost its state.
package main

import (
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// Count lets everything pass and tells how many bytes that were, over all connections.
type Count struct {
	bytes atomic.Int64
}

func (count *Count) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			count.bytes.Add(int64(len(chunk.Data)))
			stub.Output <- chunk
		}
	}
}

func (count *Count) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"bytes":%d}`, count.bytes.Load()), nil
}

// Forget lets nothing pass, not even an end, of the connections that are older than a time, and everything of the others.
type Forget struct {
	// Milliseconds since 1970.
	Before int64 `json:"before"`
}

type connection struct {
	born int64
}

func (*Forget) NewState() any {
	return &connection{born: time.Now().UnixMilli()}
}

func (forget *Forget) Pipe(stub *toxics.ToxicStub) {
	forgotten := stub.State.(*connection).born < forget.Before
	input := stub.Input
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-input:
			switch {
			case chunk == nil && forgotten:
				input = nil
			case chunk == nil:
				stub.Close()
				return
			case !forgotten:
				stub.Output <- chunk
			}
		}
	}
}

func main() {
	host := flag.String("host", "127.0.0.1", "where the API listens")
	port := flag.String("port", "8474", "where the API listens")
	flag.Parse()
	toxics.Register("count", new(Count))
	toxics.Register("forget", new(Forget))
	logger := zerolog.New(os.Stdout).With().Timestamp().Logger().Level(zerolog.InfoLevel)
	toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), logger).Listen(*host, *port)
}
