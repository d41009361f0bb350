package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.Redactor;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kubelet as a unit of this host. */
public final class KubeletUnit {
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration HEALTH_POLL_INTERVAL = Duration.ofMillis(50);
    private static final Duration STATE_POLL_INTERVAL = Duration.ofSeconds(1);
    private static final int CRASH_LOOP_RESTARTS = 2;
    private static final int LOG_LINES = 20;

    private final HostPorts host;
    private final Clock clock;
    private final Sleeper sleeper;

    /** @param clock measures how long a kubelet takes; it need not tell the host's time */
    public KubeletUnit(HostPorts host, Clock clock, Sleeper sleeper) {
        this.host = host;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Whether the kubelet that is being started keeps strangers out. */
    public AnonymousAccessCheck anonymousAccessCheck() {
        return new AnonymousAccessCheck(host.network(), clock, sleeper);
    }

    /** Whether the unit is active. */
    public boolean isActive() {
        return state().isActive();
    }

    /** Whether the unit has ended, and does not start again by itself. */
    public boolean isStopped() {
        return isStopped(state());
    }

    private static boolean isStopped(UnitState state) {
        return state.activeState().equals("failed") || state.activeState().equals("inactive");
    }

    /** How often systemd has restarted it so far: one that starts at boot without its token does so until there is one. */
    public int restarts() {
        return state().restarts();
    }

    /**
     * Waits until the kubelet's healthz answers.
     *
     * @param restarts how often it had been restarted before
     * @throws HostException with {@code KUBELET_NOT_STARTED} and the last log lines if it crashes again and again, or does
     *     not answer within a minute
     */
    public void awaitHealthy(int restarts) throws InterruptedException {
        Instant started = clock.instant();
        Instant nextLook = started.plus(STATE_POLL_INTERVAL);
        while (!host.network().isKubeletHealthy()) {
            Instant now = clock.instant();
            if (now.isAfter(nextLook)) {
                requireAlive(restarts);
                nextLook = now.plus(STATE_POLL_INTERVAL);
            }
            if (now.isAfter(started.plus(HEALTH_TIMEOUT))) {
                throw startFailure("does not answer its healthz after " + HEALTH_TIMEOUT.toSeconds() + " s");
            }
            sleeper.sleep(HEALTH_POLL_INTERVAL);
        }
    }

    /**
     * Looks whether the kubelet is running or on its way.
     *
     * @param restarts how often it had been restarted before
     * @throws HostException with {@code KUBELET_NOT_STARTED} if it is not
     */
    public void requireAlive(int restarts) {
        UnitState state = state();
        if (isStopped(state)) {
            throw startFailure("is " + state.activeState() + " (" + state.result() + ")");
        }
        int since = state.restarts() - restarts;
        if (since >= CRASH_LOOP_RESTARTS) {
            throw startFailure("was restarted " + since + " times (" + state.result() + ")");
        }
    }

    private UnitState state() {
        return host.systemd()
                .unitStates(List.of(KubeletPaths.UNIT))
                .getOrDefault(KubeletPaths.UNIT, UnitState.NOT_FOUND);
    }

    private HostException startFailure(String what) {
        return new HostException(ErrorCode.KUBELET_NOT_STARTED, KubeletPaths.UNIT + " " + what, log(LOG_LINES));
    }

    /** The last lines of its log, redacted. */
    public List<String> log(int lines) {
        return Redactor.redact(host.systemd().journal(KubeletPaths.UNIT, lines));
    }

    /**
     * Lower-case hex SHA-256 of the public key of the client certificate in use, once the token has ended. Nodejoin ends a token only
     * after its kubelet has registered.
     *
     * @throws HostException with {@code TOKEN_LOST} if the kubelet has no certificate, and so gets none any more
     */
    public String clientKeyDigest() {
        return heldKeyDigest()
                .orElseThrow(() -> new HostException(
                        ErrorCode.TOKEN_LOST,
                        "the token was refused before " + KubeletPaths.UNIT + " had its certificate",
                        log(LOG_LINES)));
    }

    /** The same, or empty if the kubelet has no certificate. */
    public Optional<String> heldKeyDigest() {
        return heldCertificate()
                .map(certificate -> Sha256.hex(certificate.getPublicKey().getEncoded()));
    }

    /** The client certificate in use, or empty if the kubelet has none. */
    public Optional<X509Certificate> heldCertificate() {
        try {
            return Optional.of(Pem.parseCertificates(certificateText()).getFirst());
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    /** The cluster from which the kubelet has its certificate, or empty if it has none. */
    public Optional<TrustedCluster> cluster() {
        if (heldKeyDigest().isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode server = new YAMLMapper()
                    .readTree(text(KubeletPaths.KUBECONFIG))
                    .path("clusters")
                    .path(0)
                    .path("cluster")
                    .path("server");
            return server.isTextual()
                    ? Optional.of(new TrustedCluster(
                            URI.create(server.asText()), Pem.parseCertificates(text(KubeletPaths.CLUSTER_CA))))
                    : Optional.empty();
        } catch (IOException | CertificateException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String text(String path) {
        return host.files()
                .read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    /** The current certificate is a link that the kubelet moves; its target is the newest of the dated files beside it. */
    private String certificateText() {
        String current = host.files()
                .metadata(KubeletPaths.CLIENT_CERTIFICATE)
                .filter(metadata -> metadata.kind() == FileMetadata.Kind.FILE)
                .map(_ -> KubeletPaths.CLIENT_CERTIFICATE)
                .or(() -> clientCertificateFiles().reduce((_, newer) -> newer))
                .orElse(KubeletPaths.CLIENT_CERTIFICATE);
        return certificateOf(text(current));
    }

    private Stream<String> clientCertificateFiles() {
        return host.files().list(KubeletPaths.PKI).stream()
                .filter(name -> name.matches("kubelet-client-\\d.*\\.pem"))
                .map(name -> KubeletPaths.PKI + "/" + name);
    }

    /** The file goes on with the private key, which is none of our business. */
    private static String certificateOf(String pem) {
        String end = "-----END CERTIFICATE-----";
        int at = pem.indexOf(end);
        return at < 0 ? "" : pem.substring(0, at + end.length());
    }
}
