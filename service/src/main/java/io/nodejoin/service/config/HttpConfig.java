package io.nodejoin.service.config;

/**
 * The section {@code http}: liveness, readiness and metrics.
 *
 * @param listen where; it shows no secrets, and is for operators
 */
public record HttpConfig(ListenAddress listen) {
    public HttpConfig {
        listen = Check.orDefault(listen, new ListenAddress("127.0.0.1", 8080));
    }
}
