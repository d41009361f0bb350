package io.nodejoin.client.temporal;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.nodejoin.activities.pem.CertifiedKey;
import io.nodejoin.activities.pem.PemFiles;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.temporal.serviceclient.ServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS and API key of the connections to Temporal. Changed files are used for the connections that are opened from then
 * on; files that cannot be used leave the former ones in use.
 */
public final class TemporalCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalCredentials.class);

    private final TemporalEndpoint endpoint;
    private final AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trusted;
    private final List<SslContext> contexts = new CopyOnWriteArrayList<>();
    private @Nullable List<String> inUse;

    /** Reads the files; {@link #reload} tells whether they can be used. */
    public TemporalCredentials(TemporalEndpoint endpoint) {
        this.endpoint = endpoint;
        try {
            this.trusted = AdvancedTlsX509TrustManager.newBuilder().build();
        } catch (CertificateException e) {
            throw new IllegalStateException("a trust manager without certificates can always be made", e);
        }
        Optional<Problem> _ = reload();
    }

    /** Reads the files again if they have changed. Returns why they cannot be used; empty if they can. Never throws. */
    public synchronized Optional<Problem> reload() {
        try {
            TemporalTls tls = endpoint.config().tls();
            if (tls != null) {
                reload(tls);
            }
            if (endpoint.hasApiKey()) {
                String _ = apiKey();
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new Problem(ErrorCode.TEMPORAL_CREDENTIALS_INVALID, String.valueOf(e.getMessage())));
        }
    }

    /** Sets address, TLS and API key of a client. */
    public <T extends ServiceStubsOptions.Builder<T>> T applyTo(T options) {
        T all = options.setTarget(endpoint.config().target());
        TemporalTls tls = endpoint.config().tls();
        if (tls != null) {
            all.setSslContext(sslContext(tls));
            String serverName = tls.serverName();
            if (serverName != null) {
                all.setChannelInitializer(channel -> channel.overrideAuthority(serverName));
            }
        }
        return endpoint.hasApiKey() ? all.addApiKey(this::apiKeyOfCall) : all;
    }

    private void reload(TemporalTls tls) {
        List<String> current = Stream.of(tls.caFile(), tls.certFile(), tls.keyFile())
                .filter(Objects::nonNull)
                .map(TemporalCredentials::digest)
                .toList();
        if (current.equals(inUse)) {
            return;
        }
        activate(tls);
        contexts.forEach(TemporalCredentials::forgetSessions);
        if (inUse != null) {
            LOG.info("the certificates for Temporal were read again");
        }
        inUse = current;
    }

    private void activate(TemporalTls tls) {
        Path caFile = tls.caFile();
        if (caFile != null) {
            X509Certificate[] authorities = PemFiles.certificates(caFile).toArray(X509Certificate[]::new);
            try {
                trusted.updateTrustCredentials(authorities);
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalArgumentException(caFile + " contains certificates that cannot be trusted", e);
            }
        }
        if (tls.certFile() != null && tls.keyFile() != null) {
            CertifiedKey key = CertifiedKey.read(tls.certFile(), tls.keyFile());
            own.updateIdentityCredentials(key.certificates().toArray(X509Certificate[]::new), key.key());
        }
    }

    /** By the TLS of Java, whose messages say why a certificate is not accepted. */
    private SslContext sslContext(TemporalTls tls) {
        SslContextBuilder context = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        if (tls.caFile() != null) {
            context.trustManager(trusted);
        }
        if (tls.certFile() != null) {
            context.keyManager(own);
        }
        try {
            SslContext built = context.build();
            contexts.add(built);
            return built;
        } catch (SSLException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** A session that is resumed has the certificates that it was begun with. */
    private static void forgetSessions(SslContext context) {
        SSLSessionContext sessions = context.sessionContext();
        for (byte[] id : Collections.list(sessions.getIds())) {
            SSLSession session = sessions.getSession(id);
            if (session != null) {
                session.invalidate();
            }
        }
    }

    /** A call fails as if Temporal had refused it, since that is what callers handle. */
    private String apiKeyOfCall() {
        try {
            return apiKey();
        } catch (IllegalArgumentException e) {
            throw Status.UNAUTHENTICATED.withDescription(e.getMessage()).asRuntimeException();
        }
    }

    private String apiKey() {
        return endpoint.apiKey() == null
                ? ApiKeyFile.read(Objects.requireNonNull(endpoint.config().apiKeyFile()))
                : endpoint.apiKey();
    }

    private static String digest(Path file) {
        try {
            return Sha256.hex(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read", e);
        }
    }
}
