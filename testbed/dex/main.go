// Dex, an OpenID provider, with one client, users that belong to groups, and nothing on disk: dex's own password database knows no
// groups, and its program needs cgo for a database that is not used here.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"log/slog"
	"net/http"
	"os"

	"github.com/dexidp/dex/connector"
	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"github.com/dexidp/dex/web"
	"github.com/prometheus/client_golang/prometheus"
)

const connectorType = "users"

// Users has the groups of each user. Everyone's password is the name.
type Users map[string][]string

func (users Users) Open(string, *slog.Logger) (connector.Connector, error) {
	return users, nil
}

func (Users) Prompt() string {
	return "Name"
}

func (users Users) Login(_ context.Context, _ connector.Scopes, name, password string) (connector.Identity, bool, error) {
	groups, known := users[name]
	if !known || password != name {
		return connector.Identity{}, false, nil
	}
	return connector.Identity{
		UserID:            "id-of-" + name,
		Username:          name,
		PreferredUsername: name,
		Email:             name + "@example.org",
		EmailVerified:     true,
		Groups:            groups,
	}, true, nil
}

func main() {
	issuer := flag.String("issuer", "", "the issuer; its host and port are those to listen on")
	listen := flag.String("listen", "", "the address to listen on")
	client := flag.String("client", "", "the id of the client")
	secret := flag.String("secret", "", "the secret of the client")
	redirect := flag.String("redirect", "", "the address that the client is called back at")
	users := flag.String("users", "", "the groups of each user, as JSON")
	flag.Parse()
	if err := serve(*issuer, *listen, *users, storage.Client{
		ID: *client, Secret: *secret, Name: *client, RedirectURIs: []string{*redirect},
	}); err != nil {
		log.Fatal(err)
	}
}

func serve(issuer, listen, groups string, client storage.Client) error {
	users := Users{}
	if err := json.Unmarshal([]byte(groups), &users); err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	server.ConnectorsConfig[connectorType] = func() server.ConnectorConfig { return &users }
	store := storage.WithStaticConnectors(
		storage.WithStaticClients(memory.New(logger), []storage.Client{client}),
		[]storage.Connector{{ID: connectorType, Type: connectorType, Name: "Users", Config: []byte(groups)}})
	dex, err := server.NewServer(context.Background(), server.Config{
		Issuer:             issuer,
		Storage:            store,
		SkipApprovalScreen: true,
		Web:                server.WebConfig{WebFS: web.FS()},
		Logger:             logger,
		PrometheusRegistry: prometheus.NewRegistry(),
	})
	if err != nil {
		return err
	}
	return http.ListenAndServe(listen, dex)
}
