// Pause holds a pod's namespaces open until it is told to stop. It is small and apart from kubebox because every host
// unpacks an image of it.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}
