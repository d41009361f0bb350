package io.nodejoin.dashboard.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.nodejoin.dashboard.access.OpenIdProvider.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What the issuer says of itself, read when it is first needed and again each hour. */
final class OpenIdDiscovery {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final Duration VALIDITY = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final OpenIdSettings settings;
    private final InstantSource clock;
    private volatile @Nullable IssuerView latest;
    private @Nullable Failure failure;

    OpenIdDiscovery(OpenIdSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** The issuer's endpoints, and its keys, which are read again when a token names one that is not known. */
    record IssuerView(
            OIDCProviderMetadata metadata,
            JWKSource<SecurityContext> keys,
            @Nullable SSLSocketFactory sockets,
            Instant until) {
        /** Sets time limits and CAs of a request. */
        HTTPRequest configured(HTTPRequest request) {
            return OpenIdDiscovery.configured(request, sockets);
        }
    }

    private record Failure(ProviderException cause, Instant until) {}

    /** Returns the issuer. What was read before holds on while the issuer does not answer. */
    IssuerView issuer() throws ProviderException {
        IssuerView known = latest;
        if (known != null && clock.instant().isBefore(known.until())) {
            return known;
        }
        try {
            return readOnce();
        } catch (ProviderException e) {
            if (known != null) {
                return known;
            }
            throw e;
        }
    }

    /** One request at a time asks the issuer, and those that waited for its failure do not ask again: anybody can send them. */
    private synchronized IssuerView readOnce() throws ProviderException {
        IssuerView known = latest;
        Instant now = clock.instant();
        if (known != null && now.isBefore(known.until())) {
            return known;
        }
        if (failure != null && now.isBefore(failure.until())) {
            throw failure.cause();
        }
        try {
            IssuerView fresh = read();
            latest = fresh;
            failure = null;
            return fresh;
        } catch (ProviderException e) {
            failure = new Failure(e, clock.instant().plus(PAUSE));
            throw e;
        }
    }

    private IssuerView read() throws ProviderException {
        try {
            SSLSocketFactory sockets = sockets();
            OIDCProviderMetadata metadata = OIDCProviderMetadata.resolve(
                    new Issuer(settings.issuer()), request -> configured(request, sockets));
            requireEndpoints(metadata);
            return new IssuerView(
                    metadata, keys(metadata, sockets), sockets, clock.instant().plus(VALIDITY));
        } catch (IOException e) {
            throw ProviderException.unavailable("the issuer " + settings.issuer() + " does not answer: " + text(e), e);
        } catch (GeneralException | GeneralSecurityException e) {
            throw ProviderException.unavailable(
                    "the discovery document of " + settings.issuer() + " cannot be used: " + text(e), e);
        }
    }

    /** An issuer that is asked over TLS must not lead to where others listen. */
    private void requireEndpoints(OIDCProviderMetadata metadata) throws GeneralException {
        URI[] endpoints = {
            metadata.getAuthorizationEndpointURI(), metadata.getTokenEndpointURI(), metadata.getJWKSetURI()
        };
        for (URI endpoint : endpoints) {
            if (endpoint == null
                    || (!"https".equals(endpoint.getScheme())
                            && "https".equals(settings.issuer().getScheme()))) {
                throw new GeneralException("it names no authorization, token or key endpoint, or one without https");
            }
        }
    }

    private static JWKSource<SecurityContext> keys(OIDCProviderMetadata metadata, @Nullable SSLSocketFactory sockets)
            throws IOException {
        return JWKSourceBuilder.<SecurityContext>create(
                        metadata.getJWKSetURI().toURL(),
                        new DefaultResourceRetriever(
                                TIMEOUT_MILLIS,
                                TIMEOUT_MILLIS,
                                JWKSourceBuilder.DEFAULT_HTTP_SIZE_LIMIT,
                                true,
                                sockets))
                .refreshAheadCache(false)
                .retrying(true)
                .outageTolerant(true)
                .build();
    }

    private static HTTPRequest configured(HTTPRequest request, @Nullable SSLSocketFactory sockets) {
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        request.setFollowRedirects(false);
        if (sockets != null) {
            request.setSSLSocketFactory(sockets);
        }
        return request;
    }

    private @Nullable SSLSocketFactory sockets() throws IOException, GeneralSecurityException {
        Path file = settings.caFile();
        if (file == null) {
            return null;
        }
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), ca);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static String text(Exception e) {
        return Texts.line(String.valueOf(e.getMessage()));
    }
}
