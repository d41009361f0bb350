package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.net.NetworkNamespace;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes sockets in a network namespace, all in one thread: a thread for each would cost more than the attack. */
final class StrangerSockets {
    private final NetworkNamespace namespace;
    private final ExecutorService inside =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    StrangerSockets(NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    SocketChannel open() throws IOException, InterruptedException {
        try {
            return inside.submit(() -> {
                        namespace.enter();
                        return SocketChannel.open();
                    })
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
