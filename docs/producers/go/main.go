// Requests a join and waits for its outcome. See ../README.md for the settings and the exit codes.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	source       = "/producers/go"
	joinType     = "io.nodejoin.join."
	stillRunning = 5
)

var exitCodes = map[string]int{"succeeded": 0, "failed": 1, "cancelled": 1, "rejected": 6}

type settings struct {
	brokers, requests, events, cluster, node, secret, signingKey string
	timeout                                                      time.Duration
}

// answer has the members that tell an event's request and its news; the schemas have the rest.
type answer struct {
	JoinID    string `json:"joinId"`
	RequestID string `json:"requestId"`
	Phase     string `json:"phase"`
	Reason    string `json:"reason"`
}

func main() {
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run() (int, error) {
	s, err := fromEnvironment()
	if err != nil {
		return 1, err
	}
	request, err := joinRequest(s)
	if err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()

	// From a minute ago, since this machine's clock is not the broker's; the ids tell which events are ours.
	start := kgo.NewOffset().AfterMilli(time.Now().Add(-time.Minute).UnixMilli())
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(s.brokers, ",")...),
		kgo.ConsumeTopics(s.events),
		kgo.ConsumeResetOffset(start))
	if err != nil {
		return 1, err
	}
	defer client.Close()
	message := record(s, request)
	if s.signingKey != "" {
		signature, err := sign(s.signingKey, request)
		if err != nil {
			return 1, fmt.Errorf("cannot sign with the key in %s: %w", s.signingKey, err)
		}
		message.Headers = append(message.Headers, kgo.RecordHeader{Key: "ce_nodejoinsignature", Value: []byte(signature)})
	}
	if err := client.ProduceSync(ctx, message).FirstErr(); err != nil {
		return 1, fmt.Errorf("the request was not written to %s: %w", s.brokers, err)
	}
	joinID := digest(source + "\x00" + request.ID())[:32]
	fmt.Printf("requested %s, join %s\n", s.node, joinID)
	return follow(ctx, client, joinID, request.ID())
}

func fromEnvironment() (settings, error) {
	var missing error
	required := func(name string) string {
		value := os.Getenv(name)
		if value == "" {
			missing = errors.Join(missing, fmt.Errorf("%s is not set", name))
		}
		return value
	}
	optional := func(name, fallback string) string {
		if value := os.Getenv(name); value != "" {
			return value
		}
		return fallback
	}
	seconds, err := strconv.Atoi(optional("NODEJOIN_TIMEOUT_SECONDS", "900"))
	s := settings{
		brokers:    required("KAFKA_BOOTSTRAP_SERVERS"),
		requests:   optional("NODEJOIN_REQUESTS_TOPIC", "nodejoin.requests.v1"),
		events:     optional("NODEJOIN_EVENTS_TOPIC", "nodejoin.events.v1"),
		cluster:    required("NODEJOIN_CLUSTER"),
		node:       required("NODEJOIN_NODE"),
		secret:     required("NODEJOIN_ENROLLMENT_SECRET"),
		signingKey: os.Getenv("NODEJOIN_SIGNING_KEY"),
		timeout:    time.Duration(seconds) * time.Second,
	}
	return s, errors.Join(missing, err)
}

func joinRequest(s settings) (event.Event, error) {
	e := cloudevents.NewEvent()
	e.SetType(joinType + "requested.v1")
	e.SetSource(source)
	e.SetID(uuid.NewString())
	e.SetTime(time.Now())
	err := e.SetData(cloudevents.ApplicationJSON, map[string]string{
		"cluster":    s.cluster,
		"nodeName":   s.node,
		"enrollment": digest(s.secret),
	})
	return e, errors.Join(err, e.Validate())
}

// sign returns a JWT whose claims are the event's attributes and the digest of its data.
func sign(file string, e event.Event) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var key jose.JSONWebKey
	if err := json.Unmarshal(text, &key); err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(map[string]any{
		"iss":  e.Source(),
		"jti":  e.ID(),
		"type": e.Type(),
		"time": e.Time().UTC().Format(time.RFC3339Nano),
		"data": digest(string(e.Data())),
	}).Serialize()
}

// record is the event in binary mode of the Kafka protocol binding.
func record(s settings, e event.Event) *kgo.Record {
	return &kgo.Record{
		Topic: s.requests,
		Key:   []byte(s.cluster + "/" + s.node),
		Value: e.Data(),
		Headers: []kgo.RecordHeader{
			{Key: "ce_specversion", Value: []byte(e.SpecVersion())},
			{Key: "ce_type", Value: []byte(e.Type())},
			{Key: "ce_source", Value: []byte(e.Source())},
			{Key: "ce_id", Value: []byte(e.ID())},
			{Key: "ce_time", Value: []byte(e.Time().UTC().Format(time.RFC3339Nano))},
			{Key: "content-type", Value: []byte(e.DataContentType())},
		},
	}
}

func follow(ctx context.Context, client *kgo.Client, joinID, requestID string) (int, error) {
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return stillRunning, errors.New("no outcome in time")
		}
		for _, failed := range fetches.Errors() {
			return 1, fmt.Errorf("cannot read %s: %w", failed.Topic, failed.Err)
		}
		for _, r := range fetches.Records() {
			var a answer
			if err := json.Unmarshal(r.Value, &a); err != nil || a.JoinID != joinID && a.RequestID != requestID {
				continue
			}
			what := strings.TrimSuffix(strings.TrimPrefix(header(r, "ce_type"), joinType), ".v1")
			fmt.Println(what, a.Phase+a.Reason)
			if code, ends := exitCodes[what]; ends {
				if code != 0 {
					fmt.Fprintln(os.Stderr, string(r.Value))
				}
				return code, nil
			}
		}
	}
}

func header(r *kgo.Record, name string) string {
	for _, h := range r.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
