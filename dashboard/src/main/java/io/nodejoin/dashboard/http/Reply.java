package io.nodejoin.dashboard.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A response as a value.
 *
 * @param cookies the values of its headers {@code Set-Cookie}
 */
record Reply(int status, String contentType, ByteBuffer body, Map<String, String> headers, List<String> cookies) {
    private static final String NO_STORE = "no-store";
    private static final Map<String, String> SECURITY_HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
                    + " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=()");

    Reply(int status, String contentType, ByteBuffer body, Map<String, String> headers) {
        this(status, contentType, body, headers, List.of());
    }

    static Reply html(int status, String page) {
        return new Reply(
                status,
                "text/html; charset=utf-8",
                ByteBuffer.wrap(page.getBytes(StandardCharsets.UTF_8)),
                Map.of("Cache-Control", NO_STORE));
    }

    static Reply json(int status, byte[] body) {
        return new Reply(status, "application/json", ByteBuffer.wrap(body), Map.of("Cache-Control", NO_STORE));
    }

    /** Sends the browser to another page, by GET. */
    static Reply seeOther(String path) {
        return new Reply(
                303, "text/plain", ByteBuffer.allocate(0), Map.of("Location", path, "Cache-Control", NO_STORE));
    }

    Reply with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Reply(status, contentType, body, all, cookies);
    }

    Reply withCookie(String cookie) {
        List<String> all = new ArrayList<>(cookies);
        all.add(cookie);
        return new Reply(status, contentType, body, headers, List.copyOf(all));
    }

    void send(Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        cookies.forEach(cookie -> response.getHeaders().add(HttpHeader.SET_COOKIE, cookie));
        response.write(true, body.duplicate(), callback);
    }

    /** Sets what every answer has, whatever it is. */
    static void secure(Response response) {
        SECURITY_HEADERS.forEach((name, value) -> response.getHeaders().put(name, value));
    }
}
