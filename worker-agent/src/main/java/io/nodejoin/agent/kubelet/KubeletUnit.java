package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Redaction;
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

/** The kubelet as a systemd unit. */
public final class KubeletUnit {
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration HEALTH_POLL_INTERVAL = Duration.ofMillis(50);
    private static final Duration STATE_POLL_INTERVAL = Duration.ofSeconds(1);
    private static final int CRASH_LOOP_RESTARTS = 2;
    private static final int LOG_LINES = 20;

    private final HostPorts host;
    private final Clock clock;
    private final Sleeper sleeper;

    /** @param clock measures durations; it need not tell the time of day */
    public KubeletUnit(HostPorts host, Clock clock, Sleeper sleeper) {
        this.host = host;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Returns the check that the started kubelet rejects anonymous requests. */
    public AnonymousAccessCheck anonymousAccessCheck() {
        return new AnonymousAccessCheck(host.network(), clock, sleeper);
    }

    /** Returns whether the unit is active. */
    public boolean isActive() {
        return state().isActive();
    }

    /** Returns whether the unit has ended and will not be restarted by systemd. */
    public boolean isStopped() {
        return isStopped(state());
    }

    private static boolean isStopped(UnitState state) {
        return state.activeState().equals("failed") || state.activeState().equals("inactive");
    }

    /**
     * Returns how often systemd has restarted it: a kubelet that starts at boot without its token is restarted until
     * there is one.
     */
    public int restarts() {
        return state().restarts();
    }

    /**
     * Waits until the kubelet's healthz endpoint responds.
     *
     * @param restarts the number of restarts before the start
     * @throws HostException with {@code KUBELET_NOT_STARTED} and the last log lines if it keeps crashing, or does not
     *     respond within a minute
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
                throw startFailure("does not respond on healthz after " + HEALTH_TIMEOUT.toSeconds() + " s");
            }
            sleeper.sleep(HEALTH_POLL_INTERVAL);
        }
    }

    /**
     * Checks that the kubelet is running or starting.
     *
     * @param restarts the number of restarts before the start
     * @throws HostException with {@code KUBELET_NOT_STARTED} if it is not
     */
    public void requireAlive(int restarts) {
        UnitState state = state();
        if (isStopped(state)) {
            throw startFailure("is " + state.activeState() + " (" + state.result() + ")");
        }
        int since = state.restarts() - restarts;
        if (since >= CRASH_LOOP_RESTARTS) {
            throw startFailure("keeps ending: systemd has started it again " + since + " times" + lastResult(state));
        }
    }

    /** Once systemd has begun the next start, its result is success again, which says nothing about the end before. */
    private static String lastResult(UnitState state) {
        return state.result().equals("success") ? "" : "; its last result is " + state.result();
    }

    private UnitState state() {
        return host.systemd()
                .unitStates(List.of(KubeletPaths.UNIT))
                .getOrDefault(KubeletPaths.UNIT, UnitState.NOT_FOUND);
    }

    private HostException startFailure(String what) {
        return new HostException(ErrorCode.KUBELET_NOT_STARTED, KubeletPaths.UNIT + " " + what, log(LOG_LINES));
    }

    /** Returns the last lines of its log, redacted. */
    public List<String> log(int lines) {
        return Redaction.redact(host.systemd().journal(KubeletPaths.UNIT, lines));
    }

    /**
     * Returns the lower-case hex SHA-256 of the public key of the client certificate in use, after the token was
     * revoked. Nodejoin revokes a token only after its kubelet has registered.
     *
     * @throws HostException with {@code TOKEN_LOST} if the kubelet has no certificate, which it can no longer get
     */
    public String clientKeyDigest() {
        return heldKeyDigest()
                .orElseThrow(() -> new HostException(
                        ErrorCode.TOKEN_LOST,
                        "the token was refused before " + KubeletPaths.UNIT + " had its certificate",
                        log(LOG_LINES)));
    }

    /** As {@link #clientKeyDigest()}; empty if the kubelet has no certificate. */
    public Optional<String> heldKeyDigest() {
        return heldCertificate()
                .map(certificate -> Sha256.hex(certificate.getPublicKey().getEncoded()));
    }

    /** Returns the client certificate in use, or empty if the kubelet has none. */
    public Optional<X509Certificate> heldCertificate() {
        try {
            return Optional.of(Pem.parseCertificates(certificateText()).getFirst());
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    /** Returns the cluster that has issued the kubelet's certificate, or empty if it has none. */
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

    /** The current certificate is a link to one of the dated files in the same directory. */
    private String certificateText() {
        String current = host.files()
                .linkTarget(KubeletPaths.CLIENT_CERTIFICATE)
                .map(target -> KubeletPaths.PKI + "/" + target.substring(target.lastIndexOf('/') + 1))
                .or(this::unlinkedCertificate)
                .orElse(KubeletPaths.CLIENT_CERTIFICATE);
        return certificateOf(text(current));
    }

    /** A kubelet that is killed before it creates the link has its certificate in the newest of the dated files. */
    private Optional<String> unlinkedCertificate() {
        return host.files()
                .metadata(KubeletPaths.CLIENT_CERTIFICATE)
                .filter(metadata -> metadata.kind() == FileMetadata.Kind.FILE)
                .map(_ -> KubeletPaths.CLIENT_CERTIFICATE)
                .or(() -> clientCertificateFiles().reduce((_, newer) -> newer));
    }

    private Stream<String> clientCertificateFiles() {
        return host.files().list(KubeletPaths.PKI).stream()
                .filter(name -> name.matches("kubelet-client-\\d.*\\.pem"))
                .map(name -> KubeletPaths.PKI + "/" + name);
    }

    /** The file also contains the private key, which is not read. */
    private static String certificateOf(String pem) {
        String end = "-----END CERTIFICATE-----";
        int at = pem.indexOf(end);
        return at < 0 ? "" : pem.substring(0, at + end.length());
    }
}
