package io.nodejoin.testbed.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of 127.0.0.1 for a program that a test starts. */
record LoopbackPort(int number) {
    /** One that nobody listens on at the moment. */
    static LoopbackPort free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new LoopbackPort(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether somebody listens on it. */
    boolean accepts() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), number)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
