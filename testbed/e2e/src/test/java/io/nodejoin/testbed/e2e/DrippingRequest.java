package io.nodejoin.testbed.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** What never finishes on a connection, and sends a byte from time to time, so that the connection is not idle. */
enum DrippingRequest {
    /** A handshake that drips. */
    HANDSHAKE,
    /** The head of a request that drips. */
    HEAD,
    /** The body of a request that drips. */
    BODY;

    private static final int BETWEEN_BYTES_MILLIS = 1_000;
    /** The head of a TLS record and of a ClientHello that is to fill it. */
    private static final byte[] CLIENT_HELLO = {0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, (byte) 0xfc, 0x03, 0x03
    };

    private static final byte[] FIRST_LINES = bytes("POST /v1/enrollments HTTP/1.1\r\nHost: gateway\r\n");
    private static final byte[] LENGTH = bytes("Content-Length: 250000\r\n\r\n{");

    /** Sends it over a connection to the gateway until that is closed. */
    void send(GatewayDoor gateway, Socket plain) throws IOException {
        switch (this) {
            case HANDSHAKE -> drip(plain, CLIENT_HELLO);
            case HEAD -> drip(gateway.encrypt(plain), FIRST_LINES);
            case BODY -> {
                Socket socket = gateway.encrypt(plain);
                socket.getOutputStream().write(FIRST_LINES);
                drip(socket, LENGTH);
            }
        }
    }

    /** Sends a head that drips over a connection without TLS until that is closed. */
    static void send(Socket plain) throws IOException {
        drip(plain, FIRST_LINES);
    }

    private static void drip(Socket socket, byte[] first) throws IOException {
        socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
        socket.getOutputStream().write(first);
        InputStream answer = socket.getInputStream();
        boolean open = true;
        while (open) {
            try {
                open = answer.read() >= 0;
            } catch (SocketTimeoutException _) {
                socket.getOutputStream().write('X');
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
