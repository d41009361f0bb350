package io.nodejoin.gateway.agentca;

import io.nodejoin.activities.pem.CertifiedKey;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's certificate and the agent CAs. Changed files are activated once two consecutive reads agree and they
 * match each other; until then the old ones stay in use and {@link #notReadyReason} says why.
 */
public final class GatewayCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayCredentials.class);

    private final GatewaySettings settings;
    private final Duration agentCertificateLife;
    private final Clock clock;
    private final SecureRandom random;
    private final GatewayTls tls;
    private List<String> inUse;
    private List<String> lastSeen;
    private volatile Loaded loaded;
    private volatile @Nullable String failure;

    private record Loaded(CertifiedKey own, AgentCertificateAuthority authority) {}

    /**
     * Throws {@link IllegalArgumentException} that names the file that cannot be read, or does not match the others.
     */
    public GatewayCredentials(
            GatewaySettings settings, Duration agentCertificateLife, Clock clock, SecureRandom random) {
        this.settings = settings;
        this.agentCertificateLife = agentCertificateLife;
        this.clock = clock;
        this.random = random;
        this.inUse = digests();
        this.lastSeen = inUse;
        this.loaded = load();
        this.tls = new GatewayTls(loaded.own(), loaded.authority().trusted());
    }

    /** Returns the current agent CA. */
    public AgentCertificateAuthority authority() {
        return loaded.authority();
    }

    /** Returns the TLS context, always the same object, which is reloaded when the files change. */
    public SslContextFactory.Server tls() {
        return tls.factory();
    }

    /** Reads the files, and activates them if they have changed. Call it periodically; never throws. */
    public synchronized void reloadIfChanged() {
        try {
            List<String> current = digests();
            boolean settled = current.equals(lastSeen);
            lastSeen = current;
            if (current.equals(inUse)) {
                failure = null;
            } else if (settled) {
                activate(current);
            }
        } catch (RuntimeException e) {
            // Whatever is wrong with the new files, the old ones stay in use.
            keepCurrent(String.valueOf(e.getMessage()));
        }
    }

    /** Returns when the gateway's certificate ends. */
    public Instant gatewayNotAfter() {
        return loaded.own().certificate().getNotAfter().toInstant();
    }

    /** Returns when the agent CA that issues certificates ends. */
    public Instant agentCaNotAfter() {
        return loaded.authority().certificate().getNotAfter().toInstant();
    }

    /** Returns what an operator has to correct, or empty. */
    public Optional<String> notReadyReason() {
        String failed = failure;
        if (failed != null) {
            return Optional.of(failed);
        }
        Loaded now = loaded;
        return expired(now.own().certificate(), settings.certificateFile())
                .or(() -> expired(now.authority().certificate(), settings.agentCaCertificateFile()));
    }

    private void activate(List<String> current) {
        Loaded next = load();
        tls.reload(next.own(), next.authority().trusted());
        loaded = next;
        inUse = current;
        failure = null;
        LOG.info(
                "gateway certificates were read again; {} agent CAs are trusted",
                next.authority().trusted().size());
    }

    private void keepCurrent(String reason) {
        if (!reason.equals(failure)) {
            LOG.error("gateway certificates stay as they were: {}", reason);
        }
        failure = reason;
    }

    private Optional<String> expired(X509Certificate certificate, Path file) {
        return certificate.getNotAfter().toInstant().isBefore(clock.instant())
                ? Optional.of("the first certificate in " + file + " expired at "
                        + certificate.getNotAfter().toInstant())
                : Optional.empty();
    }

    private Loaded load() {
        return new Loaded(
                CertifiedKey.read(settings.certificateFile(), settings.keyFile()),
                new AgentCertificateAuthority(
                        settings.agentCaCertificateFile(),
                        settings.agentCaKeyFile(),
                        agentCertificateLife,
                        clock,
                        random));
    }

    /**
     * Compares contents, not modification times: files are replaced by symbolic links and by copies that preserve their
     * time.
     */
    private List<String> digests() {
        List<String> digests = new ArrayList<>();
        for (Path file : List.of(
                settings.certificateFile(),
                settings.keyFile(),
                settings.agentCaCertificateFile(),
                settings.agentCaKeyFile())) {
            try {
                digests.add(Sha256.hex(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new IllegalArgumentException(file + " cannot be read: " + e, e);
            }
        }
        return digests;
    }
}
