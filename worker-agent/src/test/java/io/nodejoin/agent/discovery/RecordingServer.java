package io.nodejoin.agent.discovery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * An HTTPS server on loopback that keeps every byte it is told after the handshake. It answers the n-th request with the
 * n-th answer, and all later ones with the last.
 */
final class RecordingServer implements AutoCloseable {
    private static final String END_OF_HEADERS = "\r\n\r\n";

    private final SSLServerSocket listener;
    private final String header;
    private final List<String> answers;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    RecordingServer(SSLContext context, List<String> answers) throws IOException {
        this(context, "", answers);
    }

    /** @param header a line of each answer's head, with its end, or nothing */
    RecordingServer(SSLContext context, String header, List<String> answers) throws IOException {
        this.header = header;
        this.answers = List.copyOf(answers);
        listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("recording-server").start(this::accept);
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + listener.getLocalPort());
    }

    /** Callers, with those that ended the handshake. */
    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    /** All that was said in the clear so far, one character for each byte. */
    synchronized String received() {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    private synchronized void record(byte[] bytes, int length) {
        received.write(bytes, 0, length);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (SSLSocket caller = (SSLSocket) listener.accept()) {
                // A virtual thread that waits may still get a caller of right after the close.
                if (listener.isClosed()) {
                    return;
                }
                connections.incrementAndGet();
                serve(caller);
            } catch (IOException _) {
                // A caller that does not trust this server ends the handshake; a closed listener ends the loop.
            }
        }
    }

    /** One request, and whatever the caller says after the answer. */
    private void serve(SSLSocket caller) throws IOException {
        InputStream in = caller.getInputStream();
        byte[] buffer = new byte[8192];
        StringBuilder head = new StringBuilder();
        while (head.indexOf(END_OF_HEADERS) < 0) {
            int read = in.read(buffer);
            if (read < 0) {
                return;
            }
            record(buffer, read);
            head.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        byte[] body = answers.get(Math.min(requests.getAndIncrement(), answers.size() - 1))
                .getBytes(StandardCharsets.UTF_8);
        OutputStream out = caller.getOutputStream();
        out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n"
                .formatted(header, body.length)
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        caller.shutdownOutput();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            record(buffer, read);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
