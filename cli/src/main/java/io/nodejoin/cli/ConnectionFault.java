package io.nodejoin.cli;

import io.nodejoin.activities.RootCause;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Says why a server cannot be reached, without the names of exceptions. */
final class ConnectionFault {
    private ConnectionFault() {}

    static String describe(Throwable thrown) {
        Throwable cause = RootCause.find(thrown);
        return switch (cause) {
            case ClosedChannelException _ -> "nothing accepts connections there";
            case UnresolvedAddressException _ -> "the name of the host is not known";
            case UnknownHostException unknown -> "the host " + unknown.getMessage() + " is not known";
            case NoRouteToHostException _ -> "there is no route to it";
            case ConnectException refused
            when text(refused, "refused").contains("refused") -> "nothing accepts connections there";
            case ConnectException failed -> text(failed, "the connection failed");
            case SocketTimeoutException _ -> "no answer in time";
            case HttpTimeoutException _ -> "no answer in time";
            case TimeoutException _ -> "no answer in time";
            case org.apache.kafka.common.errors.TimeoutException _ -> "no answer in time";
            case SSLException untrusted -> "no trusted TLS connection: " + text(untrusted, "the handshake failed");
            default -> text(cause, "the connection failed");
        };
    }

    private static String text(Throwable thrown, String otherwise) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? otherwise : message;
    }
}
