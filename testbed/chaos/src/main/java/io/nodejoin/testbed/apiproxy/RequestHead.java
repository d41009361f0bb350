package io.nodejoin.testbed.apiproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The request line and the header fields of an HTTP/1.1 request.
 *
 * @param lines without line ends; the first one is the request line
 */
record RequestHead(List<String> lines) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final String END = "\r\n";

    RequestHead {
        lines = List.copyOf(lines);
    }

    /** Reads up to the empty line; empty if the client sends no further request. */
    static Optional<RequestHead> read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (head.size() < MAX_BYTES) {
            int next = in.read();
            if (next < 0) {
                return Optional.empty();
            }
            head.write(next);
            if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith(END + END)) {
                return Optional.of(new RequestHead(head.toString(StandardCharsets.ISO_8859_1)
                        .strip()
                        .lines()
                        .toList()));
            }
        }
        throw new IOException("a request head is larger than " + MAX_BYTES + " bytes");
    }

    ApiCall call() {
        String[] words = lines.getFirst().split(" ", 3);
        return ApiCall.parse(words[0], words[1]);
    }

    /** Returns the length of the body in bytes. */
    int bodyLength() {
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    /** Returns the head for the server: with Connection: close, unless the request upgrades the connection. */
    byte[] toForward() {
        StringBuilder text = new StringBuilder();
        boolean upgrades = lines.stream().anyMatch(RequestHead::isConnectionField);
        lines.forEach(line -> text.append(line).append(END));
        if (!upgrades) {
            text.append("Connection: close").append(END);
        }
        return text.append(END).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isConnectionField(String line) {
        return line.toLowerCase(Locale.ROOT).startsWith("connection:");
    }
}
