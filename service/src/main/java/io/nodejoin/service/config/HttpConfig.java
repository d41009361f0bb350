package io.nodejoin.service.config;

/**
 * The section {@code http}: liveness, readiness and metrics.
 *
 * @param listen the address to listen on; its content is for operators and contains no secrets
 */
public record HttpConfig(ListenAddress listen) {
    public HttpConfig {
        listen = Check.orDefault(listen, new ListenAddress("127.0.0.1", 8080));
    }
}
