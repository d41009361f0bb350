// Toxiproxy with three toxics more: one that counts what passes, so that a test can say that its trouble met somebody, one that
// forgets connections, as a firewall does that has lost its state, and one that holds up what passes. They lie on a proxy for as long
// as there is one, and each can be interrupted while nobody takes what it has: Toxiproxy's own that holds up what passes cannot, and
// keeps its proxy locked for five seconds for each piece of an answer whose reader is gone.
package main

import (
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// A piece that was taken and not handed on yet.
type held struct {
	chunk *stream.StreamChunk
}

// handOn reports whether there is nothing held any more; if not, the toxic has been interrupted.
func (held *held) handOn(stub *toxics.ToxicStub) bool {
	if held.chunk == nil {
		return true
	}
	select {
	case <-stub.Interrupt:
		return false
	case stub.Output <- held.chunk:
		held.chunk = nil
		return true
	}
}

// Count lets everything pass and tells how many bytes that were, over all connections.
type Count struct {
	bytes atomic.Int64
}

func (*Count) NewState() any {
	return new(held)
}

func (count *Count) Pipe(stub *toxics.ToxicStub) {
	held := stub.State.(*held)
	for held.handOn(stub) {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			count.bytes.Add(int64(len(chunk.Data)))
			held.chunk = chunk
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
	held
	born int64
}

func (*Forget) NewState() any {
	return &connection{born: time.Now().UnixMilli()}
}

func (forget *Forget) Pipe(stub *toxics.ToxicStub) {
	connection := stub.State.(*connection)
	forgotten := connection.born < forget.Before
	input := stub.Input
	for {
		if forgotten {
			connection.chunk = nil
		}
		if !connection.handOn(stub) {
			return
		}
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
			default:
				connection.chunk = chunk
			}
		}
	}
}

// Late lets everything pass some time after it has come.
type Late struct {
	Millis int64 `json:"millis"`
}

type queue struct {
	held
	chunks []*stream.StreamChunk
	ended  bool
}

func (*Late) NewState() any {
	return new(queue)
}

func (late *Late) Pipe(stub *toxics.ToxicStub) {
	queue := stub.State.(*queue)
	delay := time.Duration(late.Millis) * time.Millisecond
	for queue.handOn(stub) {
		input := stub.Input
		if queue.ended {
			input = nil
		}
		var due <-chan time.Time
		if len(queue.chunks) > 0 {
			due = time.After(time.Until(queue.chunks[0].Timestamp.Add(delay)))
		} else if queue.ended {
			stub.Close()
			return
		}
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-input:
			if chunk == nil {
				queue.ended = true
			} else {
				queue.chunks = append(queue.chunks, chunk)
			}
		case <-due:
			queue.chunk, queue.chunks = queue.chunks[0], queue.chunks[1:]
		}
	}
}

func main() {
	host := flag.String("host", "127.0.0.1", "where the API listens")
	port := flag.String("port", "8474", "where the API listens")
	flag.Parse()
	toxics.Register("count", new(Count))
	toxics.Register("forget", new(Forget))
	toxics.Register("late", new(Late))
	logger := zerolog.New(os.Stdout).With().Timestamp().Logger().Level(zerolog.InfoLevel)
	toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), logger).Listen(*host, *port)
}
